package dev.heliograph.simulation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many lives of a gateway among clients and networks as they are; see {@link Simulation}. Replays one with {@code -Dheliograph.seed}. */
@Tag("slow")
final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("heliograph.seeds", 2_000);

    @Test
    void whateverHappens_everyoneGetsWhatIsTheirs_orIsTold() {
        Long only = Long.getLong("heliograph.seed");
        if (only != null) {
            Simulation.run(only);
            return;
        }
        long first = System.nanoTime();
        System.out.println("SimulationTest seeds " + first + " and the " + (SEEDS - 1) + " after it");
        for (long seed = first; seed < first + SEEDS; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        try {
            Simulation.run(seed);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("-Dheliograph.seed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
