package dev.heliograph.webhook;

import static dev.heliograph.webhook.Apps.added;
import static dev.heliograph.webhook.Apps.count;
import static dev.heliograph.webhook.Apps.occupied;
import static dev.heliograph.webhook.Apps.removed;
import static dev.heliograph.webhook.Apps.sent;
import static dev.heliograph.webhook.Apps.vacated;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.protocol.pusher.WebhookEvent.CacheMiss;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is told of all that happens, and when. Time is a number here. */
final class SmoothingTest {
    private static final String APP = "acme";

    private final List<Occurrence> told = new ArrayList<>();
    private final Smoothing smoothing = new Smoothing(told::add);
    private long nowMs = 1_000;

    private void happens(WebhookEvent event) {
        smoothing.onEvent(new Occurrence(APP, event), nowMs);
    }

    private void pass(long ms) {
        nowMs += ms;
        smoothing.onTime(nowMs);
    }

    private List<WebhookEvent> told() {
        List<WebhookEvent> events = told.stream().map(Occurrence::event).toList();
        told.clear();
        return events;
    }

    @Test
    void vacatedAndOccupiedWithin3s_tellNothing() {
        happens(vacated("a"));
        pass(2_999);
        happens(occupied("a"));
        pass(60_000);
        assertEquals(List.of(), told());
        assertEquals(Long.MAX_VALUE, smoothing.nextMs());
    }

    @Test
    void vacatedAndOccupiedAfter3s_tellBoth() {
        happens(vacated("a"));
        assertEquals(4_000, smoothing.nextMs());
        pass(2_999);
        assertEquals(List.of(), told());
        pass(1);
        assertEquals(List.of(vacated("a")), told());
        happens(occupied("a"));
        assertEquals(List.of(occupied("a")), told());
    }

    @Test
    void occupiedAtTheEndOf3s_tellsBothThoughNobodyLookedAtTheClock() {
        happens(vacated("a"));
        nowMs += 3_000;
        happens(occupied("a"));
        assertEquals(List.of(vacated("a"), occupied("a")), told());
    }

    @Test
    void aNewStay_isToldAtOnce_andItsEndAfter3s() {
        happens(occupied("a"));
        happens(added("presence-a", "1"));
        assertEquals(List.of(occupied("a"), added("presence-a", "1")), told());
        happens(removed("presence-a", "1"));
        happens(vacated("a"));
        pass(3_000);
        assertEquals(List.of(removed("presence-a", "1"), vacated("a")), told());
    }

    @Test
    void aMemberWhoReturns_tellsNothing_anotherDoes() {
        happens(removed("presence-a", "1"));
        happens(added("presence-a", "2"));
        happens(added("presence-b", "1"));
        happens(added("presence-a", "1"));
        pass(3_000);
        assertEquals(List.of(added("presence-a", "2"), added("presence-b", "1")), told());
    }

    @Test
    void aChannelAndItsMembers_doNotUndoEachOther() {
        happens(vacated("presence-a"));
        happens(added("presence-a", "1"));
        happens(removed("presence-b", "1"));
        happens(occupied("presence-b"));
        pass(3_000);
        assertEquals(
                List.of(
                        added("presence-a", "1"),
                        occupied("presence-b"),
                        vacated("presence-a"),
                        removed("presence-b", "1")),
                told());
    }

    @Test
    void workspaces_doNotUndoEachOther() {
        happens(vacated("a"));
        smoothing.onEvent(new Occurrence("other", occupied("a")), nowMs);
        pass(3_000);
        assertEquals(List.of(new Occurrence("other", occupied("a")), new Occurrence(APP, vacated("a"))), told);
    }

    @Test
    void reloadsOneAfterTheOther_tellNothing_andTheLastLeavingDoes() {
        for (int i = 0; i < 5; i++) {
            happens(vacated("a"));
            pass(2_000);
            happens(occupied("a"));
            pass(2_000);
        }
        assertEquals(List.of(), told());
        happens(vacated("a"));
        pass(3_000);
        assertEquals(List.of(vacated("a")), told());
    }

    @Test
    void aCacheMiss_isToldOnceIn10s() {
        var miss = new CacheMiss(new PusherChannel("cache-a"));
        happens(miss);
        pass(9_999);
        happens(miss);
        happens(new CacheMiss(new PusherChannel("cache-b")));
        assertEquals(List.of(miss, new CacheMiss(new PusherChannel("cache-b"))), told());
        pass(1);
        happens(miss);
        assertEquals(List.of(miss), told());
    }

    @Test
    void countsUpTo100_areToldAtOnce() {
        for (int n = 1; n <= 100; n++) {
            happens(count("a", n));
        }
        assertEquals(100, told().size());
        assertEquals(Long.MAX_VALUE, smoothing.nextMs());
    }

    @Test
    void countsAbove100_areToldOncePer5s_theNewestAtTheEnd() {
        happens(count("a", 101));
        assertEquals(List.of(count("a", 101)), told());
        happens(count("a", 102));
        pass(4_000);
        happens(count("a", 103));
        happens(count("b", 500));
        assertEquals(List.of(count("b", 500)), told());
        pass(1_000);
        assertEquals(List.of(count("a", 103)), told());
        happens(count("a", 104));
        pass(4_999);
        assertEquals(List.of(), told());
        pass(1);
        assertEquals(List.of(count("a", 104)), told());
        pass(5_000);
        happens(count("a", 105));
        assertEquals(List.of(count("a", 105)), told());
    }

    @Test
    void aCountThatFallsTo100_isToldAtOnce_andNothingOlderAfterIt() {
        happens(count("a", 200));
        happens(count("a", 150));
        happens(count("a", 100));
        happens(count("a", 99));
        pass(60_000);
        assertEquals(List.of(count("a", 200), count("a", 100), count("a", 99)), told());
    }

    @Test
    void whatClientsSend_isToldAtOnce() {
        happens(sent("private-a", "1"));
        happens(sent("private-a", "1"));
        assertEquals(2, told().size());
    }

    @Test
    void theEnd_tellsWhatIsHeldBack() {
        happens(count("a", 200));
        happens(vacated("a"));
        happens(removed("presence-a", "1"));
        happens(count("a", 201));
        told();
        smoothing.onClose();
        assertEquals(List.of(vacated("a"), removed("presence-a", "1"), count("a", 201)), told());
    }

    @Test
    void moreThanCanBeRemembered_isToldEarly() {
        for (int i = 0; i <= Smoothing.REMEMBERED_MAX; i++) {
            happens(vacated("a" + i));
        }
        assertEquals(List.of(vacated("a0")), told());
        happens(occupied("a0"));
        happens(occupied("a1"));
        assertEquals(List.of(occupied("a0")), told());
    }

    /** Who listens always knows, 3 s after all is quiet, what is. */
    @Test
    void againstAModel_whoListensEndsUpWithTheTruth() {
        long seed = System.nanoTime();
        System.out.println("againstAModel seed " + seed);
        var random = new Random(seed);
        var truth = new HashMap<String, Boolean>();
        var heard = new HashMap<String, Boolean>();
        for (int round = 0; round < 20_000; round++) {
            String channel = "c" + random.nextInt(5);
            boolean occupied = truth.merge(channel, true, (was, _) -> !was);
            happens(occupied ? occupied(channel) : vacated(channel));
            pass(random.nextInt(2_500));
            for (WebhookEvent event : told()) {
                boolean now = event instanceof WebhookEvent.ChannelOccupied;
                Boolean before = heard.put(EventKind.channel(event).name(), now);
                assertTrue(before == null || before != now, "told twice: " + event);
            }
        }
        pass(3_000);
        told().forEach(event ->
                heard.put(EventKind.channel(event).name(), event instanceof WebhookEvent.ChannelOccupied));
        assertEquals(truth, heard);
    }
}
