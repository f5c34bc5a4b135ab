package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.MergeRule;
import dev.heliograph.egress.Merged;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PacingTest {
    private static final ChannelId CHANNEL = new ChannelId("w", "c");
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long nanos = 17;
    private long offset;

    @Test
    void upToTheRate_everythingGoesAtOnce() {
        var pacing = new Pacing(10, MergeRule.NONE, nanos);
        for (int i = 0; i < 100; i++) {
            nanos += SECOND / 10;
            pacing.hold(next(null));
            assertEquals(1, release(pacing).size());
            assertEquals(-1, pacing.dueInNanos());
        }
    }

    @Test
    void beyondTheRate_theNewestWaits_andGoesAtTheTrailingEdge() {
        var pacing = new Pacing(2, MergeRule.NONE, nanos);
        var sent = new ArrayList<Merged>();
        for (int i = 0; i < 10; i++) {
            pacing.hold(next(null));
            sent.addAll(release(pacing));
        }
        assertEquals(List.of(1L, 2L), offsets(sent));
        assertEquals(SECOND / 2, pacing.dueInNanos());
        nanos += SECOND / 2 - 1;
        assertEquals(List.of(), release(pacing));
        nanos += 1;
        Merged last = release(pacing).getFirst();
        assertEquals(10, last.publication().offset());
        assertEquals(7, last.skipped());
        assertEquals(new Position("e", 3), last.from());
        assertEquals(new Position("e", 9), last.to());
        assertEquals(-1, pacing.dueInNanos());
    }

    @Test
    void byKey_theNewestOfEachWaits() {
        var pacing = new Pacing(1, MergeRule.KEYED, nanos);
        pacing.hold(next("a"));
        assertEquals(List.of(1L), offsets(release(pacing)));
        pacing.hold(next("a"));
        pacing.hold(next("b"));
        pacing.hold(next("a"));
        pacing.hold(next(null));
        nanos += 3 * SECOND; // a bucket holds one second's worth
        assertEquals(List.of(3L), offsets(release(pacing)));
        nanos += SECOND;
        assertEquals(List.of(4L), offsets(release(pacing)));
        nanos += SECOND;
        assertEquals(List.of(5L), offsets(release(pacing)));
    }

    @Test
    void moreKeysThanMayWait_leaveOutTheOldest_andTheNextStandsForThem() {
        var pacing = new Pacing(1, MergeRule.KEYED, nanos);
        pacing.hold(next("first"));
        release(pacing);
        for (int i = 0; i < Pacing.HELD_MAX + 5; i++) {
            pacing.hold(next("k" + i));
        }
        nanos += SECOND;
        Merged oldest = release(pacing).getFirst();
        assertEquals(7, oldest.publication().offset());
        assertEquals(5, oldest.skipped());
        assertEquals(2, oldest.from().offset());
        assertEquals(6, oldest.to().offset());
        assertTrue(oldest.lost(), "it stands for none of those");
        nanos += SECOND;
        assertFalse(release(pacing).getFirst().lost());
    }

    @ParameterizedTest
    @EnumSource(MergeRule.class)
    void whateverComes_everyPublicationIsSentOrStoodFor_inOrder_andTheRateHolds(MergeRule rule) {
        long seed = System.nanoTime();
        System.out.println("PacingTest seed " + seed + " " + rule);
        var random = new SplittableRandom(seed);
        double perSecond = 1 + random.nextInt(40);
        var pacing = new Pacing(perSecond, rule, nanos);
        var sent = new ArrayList<Merged>();
        var newest = new HashMap<String, Long>();
        long began = nanos;
        for (int i = 0; i < 20_000; i++) {
            nanos += random.nextLong(SECOND / 50);
            String key = random.nextInt(10) == 0 ? null : "k" + random.nextInt(100);
            if (random.nextInt(3) > 0) {
                Publication publication = next(key);
                pacing.hold(publication);
                newest.put(String.valueOf(key), publication.offset());
            }
            sent.addAll(release(pacing));
            double most = Math.max(1, perSecond) + (nanos - began) * perSecond / SECOND;
            assertTrue(sent.size() <= most, sent.size() + " sent, at most " + most);
        }
        while (pacing.dueInNanos() >= 0) {
            nanos += pacing.dueInNanos();
            sent.addAll(release(pacing));
        }
        long counted = sent.stream().mapToLong(merged -> 1 + merged.skipped()).sum();
        assertEquals(offset, counted);
        assertEquals(offset, sent.getLast().publication().offset());
        assertAscending(sent);
        if (rule == MergeRule.KEYED) {
            assertHasNewest(sent, newest);
        }
    }

    private static void assertAscending(List<Merged> sent) {
        for (int i = 1; i < sent.size(); i++) {
            assertTrue(sent.get(i - 1).publication().offset()
                    < sent.get(i).publication().offset());
        }
    }

    /** Of the keys that were not left out at the end. */
    private static void assertHasNewest(List<Merged> sent, Map<String, Long> newest) {
        int from = Math.max(0, sent.size() - Pacing.HELD_MAX / 2);
        for (Merged merged : sent.subList(from, sent.size())) {
            String key = String.valueOf(merged.publication().key());
            assertTrue(merged.publication().offset() <= newest.getOrDefault(key, 0L));
        }
        Merged last = sent.getLast();
        assertEquals(
                newest.get(String.valueOf(last.publication().key())),
                last.publication().offset());
    }

    private List<Merged> release(Pacing pacing) {
        var sent = new ArrayList<Merged>();
        pacing.release(nanos, sent::add);
        return sent;
    }

    private static List<Long> offsets(List<Merged> sent) {
        return sent.stream().map(merged -> merged.publication().offset()).toList();
    }

    private Publication next(@Nullable String key) {
        var data = RawJson.of("{\"n\":" + (offset + 1) + "}");
        return new Publication(new Draft(CHANNEL, "e", data, key, 0, 0), new Position("e", ++offset), 0);
    }
}
