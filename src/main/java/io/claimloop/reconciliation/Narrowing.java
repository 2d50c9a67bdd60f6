package io.claimloop.reconciliation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the reading of a list stands, and how many rows the next page asks for. One row that openIMIS cannot show fails its
 * whole page (recordings 429, 446): such a page is read in smaller ones, down to a single row, which is then passed over. So
 * a bad row is found and named by its place, and harms no other. The place is always a whole number of pages.
 */
final class Narrowing {
    static final int FULL = 100;
    private static final int PARTS = 10;
    /** So many bad rows one after the other: it may be openIMIS that fails. */
    private static final int MOST_IN_A_ROW = 5;

    private final Deque<Integer> ends = new ArrayDeque<>();
    private final List<Integer> bad = new ArrayList<>();
    private int position;
    private int size = FULL;
    private int inARow;
    /** Where the full page began that is read in smaller ones now. */
    private int block;
    /** The block where it was given up the last time; -1 for none. */
    private int gaveUpAt = -1;

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

    /**
     * This page failed.
     *
     * @return false when openIMIS seems to fail on everything: then it is back where the trouble began, to be tried later.
     *     The second time there the whole page is passed over, for its rows may be bad after all.
     */
    boolean failed() {
        if (size == FULL) {
            block = position;
        }
        if (size > 1) {
            ends.push(position + size);
            size /= PARTS;
            return true;
        }
        if (++inARow < MOST_IN_A_ROW) {
            bad.add(position + 1);
            advance(1);
            return true;
        }
        return giveUp();
    }

    private boolean giveUp() {
        inARow = 0;
        ends.clear();
        size = FULL;
        position = block;
        bad.removeIf(place -> place > block);
        boolean again = block == gaveUpAt;
        gaveUpAt = again ? -1 : block;
        if (again) {
            IntStream.rangeClosed(block + 1, block + FULL).forEach(bad::add);
            advance(FULL);
        }
        return again;
    }

    /** From the start, knowing where it was given up. */
    Narrowing anew() {
        Narrowing anew = new Narrowing();
        anew.gaveUpAt = gaveUpAt;
        return anew;
    }

    private void advance(int rows) {
        position += rows;
        while (!ends.isEmpty() && position >= ends.peek()) {
            ends.pop();
            size *= PARTS;
        }
    }
}
