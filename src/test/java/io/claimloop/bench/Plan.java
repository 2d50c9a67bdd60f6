package io.claimloop.bench;

import java.util.Random;

/** Which requests are sent, in which order: fixed before the first is sent. */
final class Plan {
    enum Kind {
        NEW,
        /** The same notice as before. */
        DUPLICATE,
        /** Another content of a claim that was told of before: an update that comes late. */
        OUT_OF_ORDER,
        /** Its body is not JSON: to be answered 400. */
        INVALID
    }

    private static final int LATEST = 2_000;

    final int[] claims;
    final Kind[] kinds;
    /** One after the last new claim. */
    final int end;

    private Plan(int[] claims, Kind[] kinds, int end) {
        this.claims = claims;
        this.kinds = kinds;
        this.end = end;
    }

    /** Each claim once. */
    static Plan once(int first, int count) {
        int[] claims = new int[count];
        Kind[] kinds = new Kind[count];
        for (int i = 0; i < count; i++) {
            claims[i] = first + i;
            kinds[i] = Kind.NEW;
        }
        return new Plan(claims, kinds, first + count);
    }

    /** 30 % duplicates, 10 % updates out of order, 1 % invalid, by a fixed seed. */
    static Plan mixed(int first, int count) {
        int[] claims = new int[count];
        Kind[] kinds = new Kind[count];
        Random random = new Random(1);
        int next = first;
        for (int i = 0; i < count; i++) {
            double dice = next == first ? 1 : random.nextDouble();
            kinds[i] = dice < 0.30
                    ? Kind.DUPLICATE
                    : dice < 0.40 ? Kind.OUT_OF_ORDER : dice < 0.41 ? Kind.INVALID : Kind.NEW;
            claims[i] = kinds[i] == Kind.NEW ? next++ : next - 1 - random.nextInt(Math.min(LATEST, next - first));
        }
        return new Plan(claims, kinds, next);
    }

    int size() {
        return claims.length;
    }
}
