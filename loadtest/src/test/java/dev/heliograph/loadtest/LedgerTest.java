package dev.heliograph.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.Recorder;
import org.junit.jupiter.api.Test;

/** The gate's own control: each fault that it exists to find must be found. */
final class LedgerTest {
    private static final int LAST = 9;
    private static final int P99_MS = 100;

    private final Ledger ledger = new Ledger("run", LAST, P99_MS, new Recorder(3));

    @Test
    void everyEventInOrder_isFine() {
        receive(0, LAST, 5);

        assertTrue(ledger.isComplete());
        assertEquals("", ledger.verdict());
    }

    @Test
    void joiningLate_isFine_ifAllFromThenOnComes() {
        receive(4, LAST, 5);

        assertEquals("", ledger.verdict());
    }

    @Test
    void gap_isFound() {
        receive(0, 3, 5);
        receive(5, LAST, 5);

        assertEquals("event 5 came where 4 was due", ledger.verdict());
    }

    @Test
    void repeat_isFound() {
        receive(0, 3, 5);
        receive(3, LAST, 5);

        assertEquals("event 3 came where 4 was due", ledger.verdict());
    }

    @Test
    void missingEnd_isFound() {
        receive(0, LAST - 1, 5);

        assertFalse(ledger.isComplete());
        assertEquals("the last event, 9, never came; the next one due was 9", ledger.verdict());
    }

    @Test
    void nothingAtAll_isFound() {
        assertEquals("the last event, 9, never came; the next one due was -1", ledger.verdict());
    }

    @Test
    void slowDelivery_isFound() {
        receive(0, LAST, P99_MS + 1);

        assertEquals("10 of 10 events took longer than 100 ms", ledger.verdict());
    }

    @Test
    void eventsOfAnotherRun_areNoneOfOurs() {
        ledger.note("{\"message_id\":\"" + Ledger.messageId("earlier", 3, 1_000) + "\"}", 1_001);
        receive(0, LAST, 5);

        assertEquals("", ledger.verdict());
    }

    private void receive(int first, int last, int latencyMs) {
        for (int number = first; number <= last; number++) {
            ledger.note(
                    "{\"data\":{\"message_id\":\"" + Ledger.messageId("run", number, 1_000) + "\"}}",
                    1_000 + latencyMs);
        }
    }
}
