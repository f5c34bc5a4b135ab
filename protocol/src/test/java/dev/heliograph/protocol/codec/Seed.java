package dev.heliograph.protocol.codec;

import java.util.concurrent.ThreadLocalRandom;

/** A new seed for each run of a random test, printed; {@code -Dheliograph.seed=…} repeats a run. */
public final class Seed {
    private Seed() {}

    public static long next(String test) {
        Long given = Long.getLong("heliograph.seed");
        long seed = given == null ? ThreadLocalRandom.current().nextLong() : given;
        System.out.println(test + ": -Dheliograph.seed=" + seed);
        return seed;
    }
}
