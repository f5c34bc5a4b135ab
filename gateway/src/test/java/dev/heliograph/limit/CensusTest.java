package dev.heliograph.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many of a kind are let in. */
final class CensusTest {
    private final Census<String> census = new Census<>();

    @Test
    void asManyOfAKindAsMayBe_areLetIn_andAnotherWhenOneHasLeft() {
        assertTrue(census.enter("a", 2));
        assertTrue(census.enter("a", 2));
        assertFalse(census.enter("a", 2));
        assertTrue(census.enter("b", 2), "of another kind");
        census.leave("a");
        assertTrue(census.enter("a", 2));
        assertFalse(census.enter("a", 2), "who was refused did not count");
    }

    @Test
    void kindOfWhichNoneIsLeft_isForgotten() {
        assertFalse(census.enter("none", 0));
        assertTrue(census.enter("a", 2));
        assertTrue(census.enter("a", 2));
        census.leave("a");
        assertEquals(1, census.kinds());
        census.leave("a");
        assertEquals(0, census.kinds());
    }

    @Test
    void manyThreads_neverLetInMoreThanMayBe() throws Exception {
        var here = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 8)
                    .mapToObj(i -> (Future<?>) threads.submit(() -> comeAndGo(here)))
                    .toList();
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertEquals(0, census.kinds());
    }

    private void comeAndGo(AtomicInteger here) {
        for (int i = 0; i < 20_000; i++) {
            if (census.enter("a", 3)) {
                int now = here.incrementAndGet();
                assertTrue(now <= 3, "here: " + now);
                here.decrementAndGet();
                census.leave("a");
            }
        }
    }
}
