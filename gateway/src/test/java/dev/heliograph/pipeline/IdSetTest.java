package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The open-addressing set against {@link HashSet}, with ids that crowd into few slots. */
final class IdSetTest {
    private record Id(long high, long low) {}

    @Test
    void addsAndRemoves_asASetDoes() {
        long seed = System.nanoTime();
        System.out.println("addsAndRemoves seed " + seed);
        var random = new Random(seed);
        for (int spread : new int[] {1, 4, 64, 1 << 20}) {
            var ids = new IdSet(1_000);
            var model = new HashSet<Id>();
            for (int round = 0; round < 30_000; round++) {
                var id = new Id(1 + random.nextInt(spread), 1 + random.nextInt(300));
                assertEquals(model.contains(id), ids.contains(id.high(), id.low()), "seed " + seed);
                if (random.nextInt(100) < 45) {
                    assertEquals(model.remove(id), ids.remove(id.high(), id.low()), "seed " + seed);
                } else if (!ids.isFull() && model.add(id)) {
                    ids.add(id.high(), id.low());
                }
                assertEquals(model.size(), ids.size(), "seed " + seed);
            }
            model.forEach(id -> assertTrue(ids.contains(id.high(), id.low()), "seed " + seed));
        }
    }

    @Test
    void isFull_atItsBound() {
        var ids = new IdSet(3);
        for (int i = 1; i <= 3; i++) {
            assertFalse(ids.isFull());
            ids.add(i, i);
        }
        assertTrue(ids.isFull());
    }
}
