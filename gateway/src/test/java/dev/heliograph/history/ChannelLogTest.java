package dev.heliograph.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ChannelLogTest {
    private static final ChannelId CHANNEL = new ChannelId("acme", "orders");
    private static final HistoryLimits WIDE = new HistoryLimits(1000, 1 << 20, 60_000);

    @Test
    void read_afterAPosition_returnsExactlyWhatFollows() {
        ChannelLog log = filled(WIDE, 10);
        HistoryPage page = log.read(new Position("e", 7), 100, 0);
        assertEquals(List.of(8L, 9L, 10L), offsets(page));
        assertTrue(page.complete());
        assertFalse(page.more());
        assertEquals(new Position("e", 10), page.top());
    }

    @Test
    void read_inPages_saysThatThereIsMore() {
        ChannelLog log = filled(WIDE, 10);
        HistoryPage page = log.read(new Position("e", 2), 3, 0);
        assertEquals(List.of(3L, 4L, 5L), offsets(page));
        assertTrue(page.more());
    }

    @Test
    void read_atTheTop_isCompleteAndEmpty() {
        HistoryPage page = filled(WIDE, 3).read(new Position("e", 3), 100, 0);
        assertEquals(List.of(), offsets(page));
        assertTrue(page.complete());
    }

    @Test
    void read_ofAnotherEpoch_isNotComplete() {
        assertFalse(filled(WIDE, 3).read(new Position("other", 2), 100, 0).complete());
    }

    @Test
    void read_beyondTheTopOfTheSameEpoch_isNotComplete() {
        // a log that has lost acknowledged publications must not pass for one that merely lags
        assertFalse(filled(WIDE, 3).read(new Position("e", 4), 100, 0).complete());
    }

    @Test
    void read_behindWhatIsKept_isNotComplete() {
        ChannelLog log = filled(new HistoryLimits(5, 1 << 20, 60_000), 10);
        assertFalse(log.read(new Position("e", 4), 100, 0).complete());
        assertTrue(log.read(new Position("e", 5), 100, 0).complete());
    }

    @Test
    void read_withoutPosition_returnsTheNewest() {
        assertEquals(List.of(9L, 10L), offsets(filled(WIDE, 10).read(null, 2, 0)));
        assertEquals(List.of(), offsets(filled(WIDE, 10).read(null, 0, 0)));
    }

    @Test
    void age_dropsWhatIsTooOldAlsoWithoutFurtherPublications() {
        var log = new ChannelLog("e", new HistoryLimits(100, 1 << 20, 1_000), new WorkspaceBudget(Long.MAX_VALUE, 1));
        log.append(draft(0), 0);
        log.append(draft(0), 900);
        assertEquals(List.of(2L), offsets(log.read(null, 100, 1_500)));
        assertEquals(List.of(), offsets(log.read(null, 100, 5_000)));
        assertTrue(log.isEmpty());
        assertEquals(0, log.bytes());
        assertEquals(3, log.append(draft(0), 6_000).offset());
        assertEquals(List.of(3L), offsets(log.read(new Position("e", 2), 100, 6_000)));
    }

    @Test
    void bytes_boundWhatIsKept() {
        int each = new Publication(draft(0), new Position("e", 1), 0).bytes();
        ChannelLog log = filled(new HistoryLimits(100, 3L * each, 60_000), 10);
        assertEquals(List.of(8L, 9L, 10L), offsets(log.read(null, 100, 0)));
        assertEquals(3L * each, log.bytes());
    }

    @Test
    void purge_removesThePersonAndCountsTheOffsetsAsSeen() {
        var log = new ChannelLog("e", WIDE, new WorkspaceBudget(Long.MAX_VALUE, 1));
        for (int i = 1; i <= 6; i++) {
            log.append(draft(i % 2), 0);
        }
        assertEquals(3, log.purge(1, _ -> {}));
        HistoryPage page = log.read(new Position("e", 0), 100, 0);
        assertEquals(List.of(2L, 4L, 6L), offsets(page));
        assertTrue(page.complete());
        assertEquals(0, log.purge(1, _ -> {}));
    }

    @Test
    void withoutHistory_offsetsRiseAndNothingIsKept() {
        ChannelLog log = filled(new HistoryLimits(0, 0, 0), 5);
        assertEquals(5, log.top().offset());
        assertTrue(log.isEmpty());
        assertTrue(log.read(new Position("e", 5), 10, 0).complete());
        assertFalse(log.read(new Position("e", 4), 10, 0).complete());
    }

    @Test
    void randomUse_agreesWithANaiveList() {
        long seed = System.nanoTime();
        System.out.println("ChannelLogTest seed " + seed);
        var random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            agreesWithANaiveList(random);
        }
    }

    private static void agreesWithANaiveList(SplittableRandom random) {
        int countMax = 1 + random.nextInt(40);
        var log = new ChannelLog("e", new HistoryLimits(countMax, 1 << 20, 50), new WorkspaceBudget(Long.MAX_VALUE, 1));
        var naive = new ArrayList<Publication>();
        long now = 0;
        for (int step = 0; step < 300; step++) {
            now += random.nextInt(5);
            long time = now;
            switch (random.nextInt(4)) {
                case 0, 1 -> naive.add(log.append(draft(random.nextInt(3)), now));
                case 2 -> {
                    int subject = 1 + random.nextInt(2);
                    log.purge(subject, _ -> {});
                    naive.removeIf(publication -> publication.subject() == subject);
                }
                default -> {}
            }
            long top = log.top().offset();
            naive.removeIf(
                    publication -> publication.offset() <= top - countMax || time - publication.timestampMs() > 50);
            long after = random.nextLong(top + 1);
            List<Long> expected = naive.stream()
                    .map(Publication::offset)
                    .filter(offset -> offset > after)
                    .toList();
            assertEquals(expected, offsets(log.read(new Position("e", after), Integer.MAX_VALUE, now)));
        }
    }

    @Test
    void workspaceOverItsBudget_takesFromTheChannelThatPublishes() {
        int each = new Publication(draft(0), new Position("e", 1), 0).bytes();
        var budget = new WorkspaceBudget(5L * each, 10);
        var first = new ChannelLog("e", WIDE, budget);
        var second = new ChannelLog("e", WIDE, budget);
        for (int i = 0; i < 4; i++) {
            first.append(draft(0), 0);
        }
        for (int i = 0; i < 10; i++) {
            second.append(draft(0), 0);
        }
        assertEquals(List.of(1L, 2L, 3L, 4L), offsets(first.read(null, 100, 0)));
        assertEquals(List.of(10L), offsets(second.read(null, 100, 0)));
        assertEquals(5L * each, budget.bytes());
        first.expire(Long.MAX_VALUE);
        assertEquals(each, budget.bytes());
    }

    @Test
    void read_ofTheSame_isAnsweredWithOnePage_untilTheLogChanges() {
        ChannelLog log = filled(new HistoryLimits(100, 1 << 20, 1_000), 10);
        var cut = new Position("e", 7);
        HistoryPage page = log.read(cut, 100, 0);
        assertSame(page, log.read(cut, 100, 0));
        assertSame(page, log.read(new Position("e", 7), 100, 900));
        assertEquals(List.of(8L), offsets(log.read(cut, 1, 0)));
        assertEquals(List.of(7L, 8L, 9L, 10L), offsets(log.read(new Position("e", 6), 100, 0)));
        assertFalse(log.read(new Position("other", 7), 100, 0).complete());
        log.read(cut, 100, 0);
        log.append(draft(5), 900);
        assertEquals(List.of(8L, 9L, 10L, 11L), offsets(log.read(cut, 100, 900)));
        log.purge(5, _ -> {});
        assertEquals(List.of(8L, 9L, 10L), offsets(log.read(cut, 100, 900)));
        assertEquals(List.of(), offsets(log.read(cut, 100, 1_100)), "too old");
    }

    private static ChannelLog filled(HistoryLimits limits, int count) {
        var log = new ChannelLog("e", limits, new WorkspaceBudget(Long.MAX_VALUE, 1));
        for (int i = 0; i < count; i++) {
            log.append(draft(0), 0);
        }
        return log;
    }

    private static Draft draft(long subject) {
        return new Draft(CHANNEL, "message", RawJson.of("{\"n\":1}"), null, subject, 0);
    }

    private static List<Long> offsets(HistoryPage page) {
        return page.publications().stream().map(Publication::offset).toList();
    }
}
