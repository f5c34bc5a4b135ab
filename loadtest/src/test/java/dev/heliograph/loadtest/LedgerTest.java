package dev.heliograph.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The load tests' own control: each fault that they exist to find must be found. */
final class LedgerTest {
    private static final int LAST = 9;
    private static final int OFFSET_OF_FIRST = 40;

    private final EventReader reader = new EventReader("run");
    private final Ledger ledger = new Ledger(OFFSET_OF_FIRST - 1, 0);

    @Test
    void everythingInOrder_isFine() {
        receive(ledger, 0, LAST);

        assertTrue(ledger.isPast(LAST));
        assertEquals("", ledger.verdict(LAST));
        assertEquals(OFFSET_OF_FIRST + LAST, ledger.lastOffset());
        assertEquals(0, ledger.missing(LAST) + ledger.repeated() + ledger.misplaced());
    }

    @Test
    void joiningLate_isFine_ifAllFromThenOnComes() {
        var late = new Ledger(Ledger.ANYWHERE, Ledger.ANYWHERE);
        receive(late, 4, LAST);

        assertEquals("", late.verdict(LAST));
    }

    @Test
    void gap_isFound() {
        receive(ledger, 0, 3);
        receive(ledger, 6, LAST);

        assertEquals("offset 46 came where 44 was due", ledger.verdict(LAST));
        assertEquals(2, ledger.missing(LAST));
    }

    @Test
    void repeat_isFound() {
        receive(ledger, 0, 3);
        receive(ledger, 3, LAST);

        assertEquals("offset 43 came where 44 was due", ledger.verdict(LAST));
        assertEquals(1, ledger.repeated());
    }

    @Test
    void publicationThatWasPublishedTwice_isFound_thoughItsOffsetsAreFine() {
        receive(ledger, 0, 3);
        note(ledger, 3, OFFSET_OF_FIRST + 4);

        assertEquals("publication 3 came where 4 was due", ledger.verdict(LAST));
        assertEquals(0, ledger.misplaced());
    }

    @Test
    void publicationThatLeftAnOffsetOpen_isFound_thoughItsNumberIsFine() {
        receive(ledger, 0, 3);
        note(ledger, 4, OFFSET_OF_FIRST + 5);

        assertEquals("offset 45 came where 44 was due", ledger.verdict(LAST));
        assertEquals(1, ledger.misplaced());
    }

    @Test
    void missingEnd_isFound() {
        receive(ledger, 0, LAST - 1);

        assertFalse(ledger.isPast(LAST));
        assertEquals("the last publication, 9, never came; the next one due was 9", ledger.verdict(LAST));
        assertEquals(1, ledger.missing(LAST));
    }

    @Test
    void nothingAtAll_isFound() {
        assertEquals("the last publication, 9, never came; the next one due was 0", ledger.verdict(LAST));
        assertEquals(LAST + 1, ledger.missing(LAST));
    }

    @Test
    void eventsOfOthers_countByTheirOffsetsOnly() {
        assertTrue(reader.read(frame(new Stamp("earlier", 3, 1), OFFSET_OF_FIRST)));
        ledger.note(reader);
        for (int number = 0; number <= LAST; number++) {
            note(ledger, number, OFFSET_OF_FIRST + 1 + number);
        }

        assertEquals("", ledger.verdict(LAST));
        assertEquals(LAST + 1, ledger.received());
    }

    private void receive(Ledger ledger, int first, int last) {
        for (int number = first; number <= last; number++) {
            note(ledger, number, OFFSET_OF_FIRST + number);
        }
    }

    private void note(Ledger ledger, int number, int offset) {
        assertTrue(reader.read(frame(new Stamp("run", number, 1_000), offset)));
        ledger.note(reader);
    }

    private static String frame(Stamp stamp, int offset) {
        return EventReaderTest.event("{\"stamp\":\"" + stamp.text() + "\"}", offset);
    }
}
