package dev.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class LoopOutflowTest {
    private final LoopOutflow outflow = new LoopOutflow();

    private String rungs() {
        return Arrays.stream(Rung.values()).map(outflow::connections).toList().toString();
    }

    @Test
    void connections_climbDownAndUp_andLeaveFromAnyRung() {
        for (int i = 0; i < 5; i++) {
            outflow.onOpen();
        }
        assertEquals("[5, 0, 0, 0, 0]", rungs());
        outflow.onRung(Rung.HEALTHY, Rung.QUEUED);
        outflow.onRung(Rung.HEALTHY, Rung.QUEUED);
        outflow.onRung(Rung.QUEUED, Rung.DROPPING);
        outflow.onRung(Rung.DROPPING, Rung.STALLED);
        outflow.onRung(Rung.QUEUED, Rung.MERGING);
        assertEquals("[3, 0, 1, 0, 1]", rungs());
        outflow.onClose(Rung.STALLED);
        outflow.onRung(Rung.QUEUED, Rung.HEALTHY);
        outflow.onClose(Rung.HEALTHY);
        assertEquals("[3, 0, 0, 0, 0]", rungs());
    }

    @Test
    void backlog_isWhatCameLessWhatWent() {
        outflow.onBacklog(1_000);
        outflow.onBacklog(500);
        outflow.onBacklog(-1_500);
        assertEquals(0, outflow.backlogBytes());
        outflow.onBacklog(3L << 32);
        assertEquals(3L << 32, outflow.backlogBytes());
    }

    @Test
    void sends_areCountedBySize_upToTheirBound() {
        long[] expected = new long[16];
        for (long bytes : new long[] {0, 1, 64}) {
            outflow.onSend(bytes);
            expected[0]++;
        }
        outflow.onSend(65);
        outflow.onSend(128);
        expected[1] = 2;
        outflow.onSend(1 << 20);
        expected[14] = 1;
        outflow.onSend((1 << 20) + 1);
        expected[15] = 1;
        assertEquals(Arrays.toString(expected), Arrays.toString(outflow.sends().counts()));
        assertEquals(65 + 65 + 128 + (1 << 20) + (1 << 20) + 1, outflow.sends().sum());
    }

    @Test
    void sizes_fallIntoTheLaddersBuckets() {
        for (long bound = 1; bound <= 1 << 22; bound *= 2) {
            for (long bytes = bound - 1; bytes <= bound + 1; bytes++) {
                assertEquals(Ladder.BYTES.bucket(bytes), LoopOutflow.bucket(bytes), bytes + " B");
            }
        }
    }

    @Test
    void readerDuringWriting_seesNumbersOnlyGrow_andAllOfThemInTheEnd() throws Exception {
        int sends = 2_000_000;
        var over = new AtomicBoolean();
        try (var threads = Executors.newSingleThreadExecutor()) {
            Future<Long> reader = threads.submit(() -> {
                long seen = 0;
                while (!over.get()) {
                    long now = Arrays.stream(outflow.sends().counts()).sum();
                    assertTrue(now >= seen, () -> "taken back: " + now);
                    seen = now;
                }
                return seen;
            });
            for (int i = 0; i < sends; i++) {
                outflow.onSend(i & 0xffff);
            }
            over.set(true);
            assertTrue(reader.get() <= sends);
        }
        assertEquals(sends, Arrays.stream(outflow.sends().counts()).sum());
    }
}
