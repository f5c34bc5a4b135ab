package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The pipeline's memory of what it decided. */
final class DecisionsTest {
    private static final SourceId SOURCE = new SourceId("acme", "prod", "web");

    private final Decisions decisions = new Decisions();

    private void note(String id, long atMs) {
        decisions.note(id, new Decisions.Decision(SOURCE, atMs, "duplicate", null, null));
    }

    private List<Long> times(String id) {
        return decisions.of(id).stream().map(Decisions.Decision::atMs).toList();
    }

    @Test
    void lastDecisions_areFoundById_inTheirOrder_andOlderOnesAreForgotten() {
        note("a", 1);
        note("b", 2);
        note("a", 3);
        assertEquals(List.of(1L, 3L), times("a"));
        assertEquals(List.of(), times("c"));
        for (int i = 0; i < Decisions.SIZE - 2; i++) {
            note("filler" + i, 4);
        }
        assertEquals(List.of(3L), times("a"));
        assertEquals(List.of(2L), times("b"));
        note("last", 5);
        assertEquals(List.of(), times("b"));
        assertEquals(List.of(3L), times("a"));
        assertEquals(List.of(5L), times("last"));
    }
}
