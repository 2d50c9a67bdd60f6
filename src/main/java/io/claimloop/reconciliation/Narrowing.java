package io.claimloop.reconciliation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Where the reading of a list stands, and how many rows the next page asks for. One row that openIMIS cannot show fails its
 * whole page (recordings 429, 446): such a page is read in smaller ones, down to a single row, which is then passed over. So
 * a bad row is found and named by its place, and harms no other. The place is always a whole number of pages.
 */
final class Narrowing {
    static final int FULL = 100;
    private static final int PARTS = 10;
    /** So many bad rows one after the other are no bad rows: it is openIMIS that fails. */
    private static final int MOST_IN_A_ROW = 5;

    private final Deque<Integer> ends = new ArrayDeque<>();
    private final List<Integer> bad = new ArrayList<>();
    private int position;
    private int size = FULL;
    private int inARow;

    int position() {
        return position;
    }

    int size() {
        return size;
    }

    /** The places of rows that openIMIS cannot show, counted from 1. */
    List<Integer> bad() {
        return bad;
    }

    /** This page was read; {@code bad} are the places on it, from 0, of rows that openIMIS could not show. */
    void read(int rows, List<Integer> badOnes) {
        inARow = 0;
        badOnes.forEach(place -> bad.add(position + place + 1));
        advance(rows);
    }

    /** This page failed; false when it is no use to go on. */
    boolean failed() {
        if (size > 1) {
            ends.push(position + size);
            size /= PARTS;
            return true;
        }
        if (++inARow >= MOST_IN_A_ROW) {
            return false;
        }
        bad.add(position + 1);
        advance(1);
        return true;
    }

    private void advance(int rows) {
        position += rows;
        while (!ends.isEmpty() && position >= ends.peek()) {
            ends.pop();
            size *= PARTS;
        }
    }
}
