package dev.heliograph.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.PresencePage;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Who is there, and what of it is told, in time that the test moves on. */
final class AttendancesTest {
    private static final int LIST_MAX = 5;
    private final VirtualPresence presence = new VirtualPresence(LIST_MAX, 50);
    private final Attendances attendances = presence.attendances;

    private List<String> ids() {
        return attendances.page(VirtualPresence.CHANNEL, 0, 100, 1 << 20).users().stream()
                .map(PresenceUser::id)
                .toList();
    }

    @Test
    void firstConnection_isToldWhenTheWindowEnds_andNotBefore() {
        presence.join("a");
        presence.pass(VirtualPresence.WINDOW_MS - 1);
        assertEquals(List.of(), presence.take());
        presence.pass(1);
        assertEquals(List.of("join a"), presence.takeShort());
    }

    @Test
    void joinAndLeave_withinAWindow_tellNothing() {
        Visit visit = presence.join("a");
        presence.pass(200);
        attendances.leave(visit);
        presence.settle();
        assertEquals(List.of(), presence.take());
        assertEquals(0, attendances.channels(), "an attendance that nobody needs");
    }

    @Test
    void leaveAndJoin_withinAWindow_isNoDeparture() {
        Visit visit = presence.join("a");
        presence.settle();
        presence.take();
        attendances.leave(visit);
        presence.pass(200);
        presence.join("a");
        presence.settle();
        assertEquals(List.of("update a"), presence.takeShort(), "it is there since another time");
    }

    @Test
    void secondConnection_isTheSameMember() {
        Visit first = presence.join("a");
        Visit second = presence.join("a");
        presence.settle();
        assertTrue(presence.take().getFirst().contains("\"connections\":2"));
        attendances.leave(first);
        presence.settle();
        assertTrue(presence.take().getFirst().startsWith("update"));
        attendances.leave(second);
        attendances.leave(second);
        presence.settle();
        assertEquals(List.of("leave a"), presence.takeShort());
        assertEquals(0, attendances.members());
    }

    @Test
    void reconnect_withinTheGrace_changesNothingThatAnyoneSees() {
        Visit visit = presence.join("a", "{\"x\":1}");
        presence.join("b");
        presence.settle();
        presence.take();
        for (int i = 0; i < 10; i++) {
            attendances.lose(visit);
            presence.pass(VirtualPresence.GRACE_MS - 1);
            visit = presence.join("a");
        }
        presence.settle();
        assertEquals(List.of(), presence.take());
        assertEquals(List.of("a", "b"), ids());
    }

    @Test
    void oneOfTwoTabs_loadedAgain_changesNothingThatAnyoneSees() {
        Visit visit = presence.join("a");
        presence.join("a");
        presence.settle();
        presence.take();
        attendances.lose(visit);
        presence.pass(3_000);
        visit = presence.join("a");
        presence.settle();
        assertEquals(List.of(), presence.take());
        attendances.lose(visit);
        presence.settle();
        assertTrue(presence.take().getFirst().contains("\"connections\":1"), "it does not come back");
    }

    @Test
    void connectionThatDoesNotComeBack_hasLeftAfterTheGrace() {
        Visit visit = presence.join("a");
        presence.settle();
        presence.take();
        attendances.lose(visit);
        presence.pass(VirtualPresence.GRACE_MS);
        assertEquals(List.of(), presence.take());
        assertEquals(List.of(), ids());
        presence.pass(VirtualPresence.WINDOW_MS);
        assertEquals(List.of("leave a"), presence.takeShort());
    }

    @Test
    void severalChanges_inAWindow_areOneSync() {
        presence.join("a");
        Visit b = presence.join("b");
        presence.settle();
        assertEquals(List.of("sync {\"users\":[a,b],\"count\":2}"), presence.takeShort());
        attendances.leave(b);
        presence.join("c");
        presence.settle();
        assertEquals(List.of("sync {\"users\":[a,c],\"count\":2}"), presence.takeShort());
    }

    @Test
    void metadata_ofTheLastWhoSaidSo_isTheMembers_andSayingTheSameTellsNothing() {
        Visit visit = presence.join("a", "{\"x\":1}");
        presence.join("a");
        presence.settle();
        assertTrue(presence.take().getFirst().contains("\"metadata\":{\"x\":1}"));
        attendances.describe(visit, "Name of a", RawJson.of("{\"x\":2}"));
        presence.settle();
        assertTrue(presence.take().getFirst().contains("\"metadata\":{\"x\":2}"));
        attendances.describe(visit, "Name of a", RawJson.of("{\"x\":3}"));
        attendances.describe(visit, "Name of a", RawJson.of("{\"x\":2}"));
        presence.settle();
        assertEquals(List.of(), presence.take());
    }

    @Test
    void aboveTheListsSize_onlyTheCountIsTold_andBelowItTheListAgain() {
        var visits = new ArrayList<Visit>();
        for (int i = 0; i < LIST_MAX + 2; i++) {
            visits.add(presence.join("m" + i));
        }
        presence.settle();
        assertEquals(List.of("sync {\"users\":[],\"count\":7,\"partial\":true}"), presence.take());
        attendances.describe(visits.getFirst(), "Renamed", null);
        presence.settle();
        assertEquals(List.of(), presence.take(), "the count is the same");
        attendances.leave(visits.get(0));
        presence.settle();
        assertEquals(List.of("sync {\"users\":[],\"count\":6,\"partial\":true}"), presence.take());
        attendances.leave(visits.get(1));
        presence.settle();
        assertEquals(List.of("sync {\"users\":[m2,m3,m4,m5,m6],\"count\":5}"), presence.takeShort());
    }

    @Test
    void membersWhoSayTooMuchOfThemselves_areToldByTheirCount_andByNameAgainAfterwards() {
        Visit a = presence.join("a", "{\"x\":\"" + "x".repeat(1_000) + "\"}");
        presence.join("b", "{\"x\":\"" + "x".repeat(1_000) + "\"}");
        presence.settle();
        assertEquals(List.of("sync {\"users\":[a,b],\"count\":2}"), presence.takeShort());
        Visit c = presence.join("c", "{\"x\":\"" + "x".repeat(1_000) + "\"}");
        presence.settle();
        assertEquals(List.of("sync {\"users\":[],\"count\":3,\"partial\":true}"), presence.take());
        assertEquals(List.of("a", "b", "c"), ids());
        attendances.describe(a, "Name of a", RawJson.of("{}"));
        presence.settle();
        assertEquals(List.of("sync {\"users\":[a,b,c],\"count\":3}"), presence.takeShort());
        attendances.leave(c);
        presence.settle();
        assertEquals(List.of("leave c"), presence.takeShort());
    }

    @Test
    void connectionThatComesBack_saysAgainWhatItSaid_onlyIfNoOtherIsThere() {
        presence.join("a", "{\"x\":2}");
        attendances.comeBack(VirtualPresence.CHANNEL, "a", "Name of a", RawJson.of("{\"x\":1}"));
        presence.settle();
        assertTrue(presence.take().getFirst().contains("\"connections\":2,\"metadata\":{\"x\":2}"));
        attendances.comeBack(VirtualPresence.CHANNEL, "b", "Name of b", RawJson.of("{\"x\":1}"));
        presence.settle();
        assertTrue(presence.take().getFirst().contains("\"connections\":1,\"metadata\":{\"x\":1}"));
    }

    @Test
    void member_whoJoins_seesItselfAtOnce_andIsToldGoneIfNobodyElseEverSawIt() {
        presence.join("a");
        presence.settle();
        presence.take();
        Visit visit = presence.join("b");
        PresenceState own = attendances.stateFor(visit);
        assertEquals(
                List.of("a", "b"), own.users().stream().map(PresenceUser::id).toList());
        assertEquals(1, attendances.state(VirtualPresence.CHANNEL).count(), "nobody else was told yet");
        attendances.leave(visit);
        presence.settle();
        assertEquals(List.of("leave b"), presence.takeShort());
    }

    @Test
    void lastSeen_isOfTheConnectionSeenLast_alsoForWhoeverComesLate() {
        Visit visit = presence.join("a");
        Visit silent = presence.join("a");
        presence.settle();
        visit.seen(4_000_000_000_711L);
        silent.seen(4_000_000_000_000L);
        assertEquals(
                4_000_000_000_711L,
                attendances.state(VirtualPresence.CHANNEL).users().getFirst().lastSeenMs());
    }

    @Test
    void fullChannel_takesNoFurtherMember_butFurtherConnectionsOfOne() {
        for (int i = 0; i < 50; i++) {
            presence.join("m" + i);
        }
        assertNull(attendances.join(VirtualPresence.CHANNEL, "one too many", null, null));
        assertNotNull(attendances.join(VirtualPresence.CHANNEL, "m7", null, null));
        assertEquals(50, attendances.members());
    }

    @Test
    void sameName_inAnotherWorkspace_isAnotherChannel() {
        presence.join("a");
        var elsewhere = new ChannelId("other", VirtualPresence.CHANNEL.name());
        attendances.join(elsewhere, "a", "Other", null);
        presence.settle();
        assertEquals(2, presence.told.size());
        assertEquals("Other", attendances.state(elsewhere).users().getFirst().name());
        assertEquals(
                "Name of a",
                attendances.state(VirtualPresence.CHANNEL).users().getFirst().name());
    }

    @Test
    void pages_haveEveryoneWhoStays_once_howeverManyComeAndGoMeanwhile() {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("AttendancesTest seed " + seed);
        var random = new SplittableRandom(seed);
        var large = new VirtualPresence(LIST_MAX, 10_000);
        var coming = new ArrayList<Visit>();
        var stay = new ArrayList<String>();
        for (int i = 0; i < 300; i++) {
            if (i % 3 == 0) {
                stay.add("s" + i);
                large.join("s" + i);
            } else {
                coming.add(large.join("m" + i));
            }
        }
        var seen = new ArrayList<String>();
        Long after = 0L;
        while (after != null) {
            PresencePage page = large.attendances.page(VirtualPresence.CHANNEL, after, 7, 1 << 20);
            page.users().forEach(user -> seen.add(user.id()));
            after = page.next();
            large.attendances.leave(coming.remove(random.nextInt(coming.size())));
            coming.add(large.join("later" + coming.size() + "." + seen.size()));
        }
        assertEquals(stay, seen.stream().filter(id -> id.startsWith("s")).toList());
        assertEquals(seen.size(), seen.stream().distinct().count());
    }

    @Test
    void page_isCutWhereItWouldBeTooLarge() {
        presence.join("a", "{\"x\":\"" + "x".repeat(900) + "\"}");
        presence.join("b");
        PresencePage first = attendances.page(VirtualPresence.CHANNEL, 0, 100, 1_000);
        assertEquals(1, first.users().size());
        PresencePage second =
                attendances.page(VirtualPresence.CHANNEL, first.next() == null ? 0 : first.next(), 100, 1_000);
        assertEquals("b", second.users().getFirst().id());
        assertNull(second.next());
        assertEquals(2, second.count());
    }

    @Test
    void moreWhoAreGone_thanMayLinger_leaveAtOnce() {
        for (int i = 0; i < Attendances.LINGERING_MAX; i++) {
            Visit visit =
                    attendances.join(new ChannelId("acme", "presence:r" + i % 4_000), "u" + i / 4_000, null, null);
            attendances.lose(assertNonNull(visit));
        }
        Visit visit = presence.join("a");
        attendances.lose(visit);
        assertEquals(List.of(), ids());
        presence.settle();
        assertEquals(0, attendances.members());
        Visit next = presence.join("a");
        attendances.lose(next);
        assertEquals(List.of("a"), ids(), "there is room again");
    }

    private static Visit assertNonNull(@org.jspecify.annotations.Nullable Visit visit) {
        if (visit == null) {
            throw new AssertionError("full");
        }
        return visit;
    }

    @Test
    void thousandsOfJoinsAndLeaves_inASecond_areAtMostTwoChanges() {
        var large = new VirtualPresence(100, 10_000);
        var visits = new ArrayList<Visit>();
        var random = new SplittableRandom(1);
        long users = 0;
        for (int step = 0; step < 1_000; step++) { // ten seconds
            for (int i = 0; i < 50; i++) {
                if (visits.size() < 200 || random.nextBoolean()) {
                    visits.add(large.join("u" + users++));
                } else {
                    large.attendances.leave(visits.remove(random.nextInt(visits.size())));
                }
            }
            large.pass(10);
        }
        List<VirtualPresence.Told> told = List.copyOf(large.told);
        assertTrue(told.size() >= 15, told::toString);
        for (int i = 2; i < told.size(); i++) {
            assertTrue(told.get(i).atMs() - told.get(i - 2).atMs() >= 1_000, told::toString);
        }
    }
}
