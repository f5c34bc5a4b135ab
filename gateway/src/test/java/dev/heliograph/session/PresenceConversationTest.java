package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.PresenceStage.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Presence as clients live through it, in time that the test moves on. */
final class PresenceConversationTest {
    private static final String ROOM = "presence:room";
    private static final String HERE = "{\"resource\":\"room\"}";
    private final PresenceStage stage = new PresenceStage(100);

    private Client user(String id) {
        return stage.connect(PresenceStage.user(id));
    }

    private Client unseen() {
        return stage.connect(PresenceStage.user("acme", "watcher", Operation.SUBSCRIBE));
    }

    private Set<String> there() {
        return stage.attendances.state(new ChannelId("acme", ROOM)).users().stream()
                .map(user -> user.id())
                .collect(Collectors.toSet());
    }

    @Test
    void join_isAnsweredOnce_andTheMembersFollow_itselfAmongThem() {
        Client a = user("a").join("room");
        stage.pass(1_000);
        a.take();
        Client b = user("b");
        b.send(
                "{\"type\":\"presence:join\",\"requestId\":\"r\",\"payload\":{\"resource\":\"room\",\"metadata\":{\"x\":1}}}");
        List<JsonNode> answers = b.take();
        assertEquals(2, answers.size(), answers::toString);
        assertEquals("presence:joined", answers.get(0).path("type").asText());
        assertEquals("r", answers.get(0).path("requestId").asText());
        assertEquals(ROOM, answers.get(0).path("channel").asText());
        JsonNode sync = answers.get(1);
        assertEquals("presence:sync", sync.path("type").asText());
        assertFalse(sync.has("requestId"), "clients swallow whatever answers a request");
        JsonNode itself = sync.at("/payload/users/1");
        assertEquals("Name of b", itself.path("name").asText());
        assertEquals(
                PresenceStage.EPOCH_MS + stage.nowMs(), itself.path("joinedAt").asLong());
        assertEquals(itself.path("joinedAt"), itself.path("lastSeen"));
        assertEquals(1, itself.at("/metadata/x").asInt());
        stage.pass(1_000);
        assertEquals(List.of("presence:join b"), a.takeShort(), "whoever joins sees the others");
        assertEquals(List.of("presence:join b"), b.takeShort());
    }

    @Test
    void watcherWithoutTheGrant_seesUnseen_andCannotJoin() {
        Client watcher = unseen().subscribe(ROOM);
        assertEquals(List.of("subscribed", "presence:sync of 0"), watcher.takeShort());
        watcher.join("room");
        assertEquals(List.of("error FORBIDDEN"), watcher.takeShort());
        user("a").join("room");
        stage.pass(1_000);
        assertEquals(List.of("presence:join a"), watcher.takeShort());
        assertEquals(1, watcher.view.count());
        assertEquals(
                List.of("subscribed", "presence:sync of 1 a"),
                unseen().subscribe(ROOM).takeShort());
    }

    @Test
    void memberWhoMaySeeNobody_isSeen() {
        Client watcher = unseen().subscribe(ROOM);
        watcher.take();
        Client blind = stage.connect(PresenceStage.user("acme", "a", Operation.PRESENCE));
        blind.send("{\"type\":\"presence:join\",\"requestId\":\"r\",\"payload\":{\"resource\":\"room\"}}");
        blind.say("presence:list", HERE);
        stage.pass(1_000);
        assertEquals(List.of("presence:joined", "error FORBIDDEN"), blind.takeShort());
        assertEquals(List.of("presence:join a"), watcher.takeShort());
    }

    @Test
    void anonymous_mayWatchAndNotJoin() {
        Client nobody = stage.connect(PresenceStage.user("acme", null, Operation.SUBSCRIBE, Operation.PRESENCE));
        nobody.join("room");
        assertEquals(List.of("error FORBIDDEN"), nobody.takeShort());
        assertEquals(
                List.of("subscribed", "presence:sync of 0"),
                nobody.subscribe(ROOM).takeShort());
    }

    @Test
    void twoTabs_areOneMember_untilBothAreGone() {
        Client watcher = unseen().subscribe(ROOM);
        Client first = user("a").join("room");
        Client second = user("a").join("room");
        stage.pass(1_000);
        watcher.take();
        assertEquals(Map.of("a", "Name of a x2 {}"), watcher.view.users());
        first.breakOff();
        stage.pass(10_000);
        watcher.take();
        assertEquals(Map.of("a", "Name of a x1 {}"), watcher.view.users());
        second.say("presence:leave", HERE);
        stage.pass(1_000);
        assertEquals(List.of("presence:leave a"), watcher.takeShort());
    }

    @Test
    void pageThatIsLoadedAgain_flickersForNobody() {
        Client watcher = unseen().subscribe(ROOM);
        Client a = user("a").join("room");
        stage.pass(1_000);
        watcher.take();
        for (int i = 0; i < 5; i++) {
            a.breakOff();
            stage.pass(4_000);
            a = user("a").join("room");
            stage.pass(3_000);
        }
        assertEquals(List.of(), watcher.takeShort());
        a.close(DisconnectCause.ABUSE, CloseCode.ABUSE);
        stage.pass(600);
        assertEquals(List.of("presence:leave a"), watcher.takeShort(), "who is told to stay away is gone at once");
    }

    @Test
    void heartbeatsThatEnd_makeAbsentAfterTheTimeout_andTheNextPresentAgain() {
        Client watcher = unseen().subscribe(ROOM);
        Client a = user("a").join("room");
        for (int i = 0; i < 4; i++) {
            stage.pass(25_000);
            a.say("presence:heartbeat", HERE);
        }
        assertEquals(Set.of("a"), there());
        watcher.take();
        stage.pass(29_000);
        assertEquals(Set.of("a"), there());
        stage.pass(3_000);
        assertEquals(List.of("presence:leave a"), watcher.takeShort(), "answers to pings do not replace them");
        assertEquals(1, stage.count(Count.PRESENCE_TIMEOUTS));
        a.say("presence:heartbeat", "{}");
        stage.pass(600);
        assertEquals(List.of("presence:join a"), watcher.takeShort());
    }

    @Test
    void connectionWithoutHeartbeats_staysWhileItAnswersPings_andIsAbsentWhenItFallsSilent() {
        Client watcher = unseen().subscribe(ROOM);
        Client a = user("a").say("presence:join", "{\"resource\":\"room\",\"metadata\":{\"x\":1}}");
        stage.pass(120_000);
        assertEquals(Set.of("a"), there());
        watcher.take();
        a.fallSilent();
        stage.pass(32_000);
        assertEquals(List.of("presence:leave a"), watcher.takeShort());
        a.answerAgain();
        stage.pass(2_000);
        assertEquals(List.of("presence:join a"), watcher.takeShort());
        assertEquals(Map.of("a", "Name of a x1 {\"x\":1}"), watcher.view.users());
    }

    @Test
    void tabThatWakesUp_doesNotUndoWhatAnotherTabHasSaidSince() {
        Client watcher = unseen().subscribe(ROOM);
        Client first = user("a").say("presence:join", "{\"resource\":\"room\",\"metadata\":{\"x\":1}}");
        Client second = user("a").join("room");
        first.say("presence:heartbeat", "{}");
        stage.pass(35_000);
        second.say("presence:update", "{\"resource\":\"room\",\"metadata\":{\"x\":2}}");
        first.say("presence:heartbeat", "{}");
        stage.pass(1_000);
        watcher.take();
        assertEquals(Map.of("a", "Name of a x2 {\"x\":2}"), watcher.view.users());
    }

    @Test
    void heartbeatOfAll_isGoodForTheOthers_ifOneChannelIsFull() {
        Client a = stage.connect(PresenceStage.user("a"));
        a.join("full").join("room").say("presence:heartbeat", "{}");
        stage.pass(32_000);
        assertEquals(Set.of(), there());
        for (int i = 0; i < PresenceStage.MEMBERS_MAX; i++) {
            stage.attendances.join(new ChannelId("acme", "presence:full"), "m" + i, null, null);
        }
        a.take();
        a.say("presence:heartbeat", "{}");
        stage.pass(1_000);
        assertTrue(a.takeShort().contains("error UNAVAILABLE"));
        assertEquals(Set.of("a"), there());
    }

    @Test
    void lastSeen_followsTheSignsOfLife() {
        Client a = user("a").join("room");
        stage.pass(10_000);
        a.say("presence:heartbeat", "{}");
        stage.pass(20_000);
        JsonNode sync = unseen().subscribe(ROOM).take().get(1);
        assertEquals(
                PresenceStage.EPOCH_MS + 10_000,
                sync.at("/payload/users/0/lastSeen").asLong());
        assertEquals(
                PresenceStage.EPOCH_MS, sync.at("/payload/users/0/joinedAt").asLong());
    }

    @Test
    void leaving_endsTheSubscriptionThatCameWithJoining_andNoOther() {
        Client implied = user("a").join("room");
        Client asked = user("b").subscribe(ROOM).join("room");
        Client askedLater = user("c").join("room").subscribe(ROOM);
        stage.pass(1_000);
        for (Client client : List.of(implied, asked, askedLater)) {
            client.say("presence:leave", HERE);
            client.take();
        }
        stage.pass(1_000);
        user("d").join("room");
        stage.pass(1_000);
        assertEquals(List.of(), implied.takeShort());
        assertTrue(asked.takeShort().contains("presence:join d"));
        assertTrue(askedLater.takeShort().contains("presence:join d"));
        implied.say("presence:leave", HERE);
        assertEquals(List.of("error NOT_SUBSCRIBED"), implied.takeShort());
    }

    @Test
    void update_isOneUpdateForOthers_noLeaveAndJoin_andNeedsAMembership() {
        Client watcher = unseen().subscribe(ROOM);
        Client a = user("a");
        a.say("presence:update", "{\"resource\":\"room\",\"metadata\":{\"x\":2}}");
        a.say("presence:heartbeat", HERE);
        assertEquals(List.of("error NOT_SUBSCRIBED", "error NOT_SUBSCRIBED"), a.takeShort());
        a.join("room");
        stage.pass(1_000);
        watcher.take();
        a.say("presence:update", "{\"resource\":\"room\",\"metadata\":{\"x\":2}}");
        stage.pass(1_000);
        assertEquals(List.of("presence:update a"), watcher.takeShort());
        assertEquals(Map.of("a", "Name of a x1 {\"x\":2}"), watcher.view.users());
    }

    @Test
    void renewedToken_withoutTheGrant_endsThePresence_andSaysSo() {
        Client watcher = unseen().subscribe(ROOM);
        Client a = user("a").join("room");
        stage.pass(1_000);
        watcher.take();
        a.take();
        stage.honour("renamed", renamed());
        a.send("{\"type\":\"authenticate\",\"payload\":{\"token\":\"renamed\"}}");
        stage.pass(1_000);
        watcher.take();
        assertEquals(Map.of("a", "Another name x1 {}"), watcher.view.users());
        stage.honour("less", PresenceStage.user("acme", "a", Operation.SUBSCRIBE));
        a.take();
        a.send("{\"type\":\"authenticate\",\"payload\":{\"token\":\"less\"}}");
        assertEquals(List.of(ROOM), texts(a.take().getFirst().at("/payload/lost")));
        stage.pass(1_000);
        assertEquals(List.of("presence:leave a"), watcher.takeShort());
    }

    private static Principal renamed() {
        Principal before = PresenceStage.user("a");
        return new Principal("acme", "a", "Another name", null, before.grants(), Long.MAX_VALUE);
    }

    private static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void workspaces_doNotMix() {
        Client elsewhere = stage.connect(PresenceStage.user("other", "o", Operation.PRESENCE, Operation.SUBSCRIBE));
        elsewhere.join("room");
        elsewhere.take();
        Client a = user("a").join("room");
        assertEquals(List.of("presence:sync of 1 a"), a.takeShort());
        stage.pass(1_000);
        assertEquals(List.of("presence:join o"), elsewhere.takeShort());
        elsewhere.say("presence:list", HERE);
        assertEquals(List.of("presence:members of 1 o"), elsewhere.takeShort());
    }

    @Test
    void nobodyButTheGateway_publishesThere() {
        Client forger = stage.connect(PresenceStage.user("acme", "a", Operation.PUBLISH, Operation.SUBSCRIBE));
        forger.send("{\"type\":\"publish\",\"channel\":\"" + ROOM
                + "\",\"payload\":{\"name\":\"presence:leave\",\"data\":{\"id\":\"b\"}}}");
        assertEquals(List.of("error FORBIDDEN"), forger.takeShort());
    }

    @Test
    void optionsByWhichAWatcherWouldMissSomebody_areRefused() {
        Client watcher = unseen();
        for (String options : List.of("{\"sampleRate\":0.5}", "{\"maxPerSecond\":1.9}")) {
            watcher.send("{\"type\":\"subscribe\",\"channel\":\"" + ROOM + "\",\"payload\":" + options + "}");
            assertEquals(List.of("error BAD_MESSAGE"), watcher.takeShort());
        }
        watcher.send("{\"type\":\"subscribe\",\"channel\":\"" + ROOM
                + "\",\"payload\":{\"maxPerSecond\":2,\"watchSessionId\":\"w\",\"state\":false}}");
        Client a = user("a").join("room");
        for (int i = 0; i < 20; i++) {
            a.say("presence:update", "{\"resource\":\"room\",\"metadata\":{\"x\":" + i + "}}");
            stage.pass(500);
        }
        List<String> messages = watcher.takeShort();
        assertEquals(List.of("subscribed", "presence:sync of 0", "presence:join a"), messages.subList(0, 3));
        assertFalse(messages.contains("skipped"), messages::toString);
        assertEquals(Map.of("a", "Name of a x1 {\"x\":19}"), watcher.view.users());
    }

    @Test
    void slowWatcher_isToldTheNewestOfEachMember_andMissesNobody() {
        var small = new PresenceStage(100, 16 << 10);
        Client watcher = small.connect(PresenceStage.user("acme", "watcher", Operation.SUBSCRIBE))
                .subscribe(ROOM);
        var members = new ArrayList<Client>();
        for (int i = 0; i < 6; i++) {
            members.add(small.connect(PresenceStage.user("m" + i)).join("room"));
        }
        small.pass(1_000);
        watcher.take();
        watcher.takesOnly(0);
        var random = new SplittableRandom(7);
        for (int i = 0; i < 200; i++) {
            for (int changes = random.nextInt(1, 3); changes > 0; changes--) {
                Client member = members.get(random.nextInt(members.size()));
                member.say(random.nextInt(3) == 0 ? "presence:leave" : "presence:join", HERE);
                member.take();
            }
            small.pass(700);
            watcher.takesOnly(100);
        }
        watcher.takesAll();
        small.pass(5_000);
        List<String> messages = watcher.takeShort();
        assertTrue(messages.contains("skipped"), messages::toString);
        assertFalse(messages.contains("lost"), messages::toString);
        Client fresh = small.connect(PresenceStage.user("acme", "fresh", Operation.SUBSCRIBE))
                .subscribe(ROOM);
        fresh.take();
        assertEquals(fresh.view.users(), watcher.view.users());
        assertFalse(watcher.view.users().isEmpty());
    }

    /** As after a reconnect: all at once, which together is more than may wait for one client. */
    @Test
    void manyChannels_areShownOneAfterTheOther_asTheClientTakesThem() {
        var small = new PresenceStage(100, 16 << 10);
        var names = new ArrayList<String>();
        for (int channel = 0; channel < 40; channel++) {
            names.add("{\"channel\":\"presence:r" + channel + "\"}");
            for (int user = 0; user < 10; user++) {
                small.attendances.join(new ChannelId("acme", "presence:r" + channel), "u" + user, "User " + user, null);
            }
        }
        small.pass(1_000);
        Client watcher = small.connect(PresenceStage.user("acme", "watcher", Operation.SUBSCRIBE));
        watcher.takesOnly(0);
        watcher.send("{\"type\":\"subscribe\",\"payload\":{\"channels\":[" + String.join(",", names) + "]}}");
        small.attendances.join(new ChannelId("acme", "presence:r39"), "late", null, null);
        small.pass(1_000);
        for (int i = 0; i < 200; i++) {
            watcher.takesOnly(1_000);
        }
        assertFalse(watcher.isClosed());
        List<String> messages = watcher.takeShort();
        assertEquals(41, messages.size(), messages::toString);
        assertEquals("subscribed", messages.getFirst());
        assertTrue(messages.get(1).startsWith("presence:sync of 10 "), messages::toString);
        assertTrue(messages.getLast().startsWith("presence:sync of 11 "), "as it is when it is shown");
        watcher.takesAll();
        small.attendances.join(new ChannelId("acme", "presence:r39"), "later", null, null);
        small.pass(1_000);
        assertEquals(List.of("presence:join later"), watcher.takeShort());
    }

    @Test
    void limits_areTypedErrors() {
        Client a = user("a");
        a.say("presence:join", "{\"resource\":\"a b\"}");
        a.say("presence:join", "{\"resource\":\"" + "x".repeat(192) + "\"}");
        a.say("presence:join", "{\"resource\":\"room\",\"metadata\":{\"x\":\"" + "x".repeat(1_024) + "\"}}");
        assertEquals(List.of("error BAD_CHANNEL", "error BAD_CHANNEL", "error TOO_LARGE"), a.takeShort());
        for (int i = 0; i < 20; i++) {
            a.join("room");
        }
        a.take();
        a.join("room");
        assertEquals(List.of("error RATE_LIMITED"), a.takeShort());
        for (int i = 0; i < 60; i++) {
            stage.pass(100);
            a.join("room" + i);
        }
        assertTrue(a.takeShort().contains("error SUBSCRIPTION_LIMIT"));
        assertTrue(stage.attendances.channels() <= 51, "a join that is refused leaves nothing behind");
    }

    @Test
    void subscriptionThatRecovers_isToldTheStateAsWell() {
        user("a").join("room");
        stage.pass(1_000);
        Client watcher = unseen().subscribe(ROOM);
        JsonNode position = watcher.take().getFirst().at("/payload/position");
        watcher.breakOff();
        stage.pass(1_000);
        user("b").join("room");
        stage.pass(1_000);
        Client again = unseen();
        again.send("{\"type\":\"subscribe\",\"channel\":\"" + ROOM + "\",\"payload\":{\"recover\":" + position + "}}");
        assertEquals(List.of("subscribed", "presence:sync of 2 a b"), again.takeShort());
    }

    @Test
    void pages_goThroughAllMembers() {
        var members = new ArrayList<String>();
        for (int i = 0; i < 25; i++) {
            user("m" + i).join("room");
            members.add("m" + i);
        }
        Client watcher = unseen();
        var listed = new ArrayList<String>();
        String next = "0";
        while (!next.isEmpty()) {
            watcher.say("presence:list", "{\"resource\":\"room\",\"limit\":10,\"after\":\"" + next + "\"}");
            JsonNode page = watcher.take().getFirst().path("payload");
            page.path("users").forEach(user -> listed.add(user.path("id").asText()));
            assertEquals(25, page.path("count").asInt());
            next = page.path("next").asText();
        }
        assertEquals(members, listed);
    }

    /** 5,000 joins and leaves a second by 2,500 connections, beside 100 who stay: each of these is sent at most two messages in any second. */
    @Test
    void flood_ofJoinsAndLeaves_costsEachMemberAtMostTwoMessagesASecond() {
        var stays = new ArrayList<Client>();
        for (int i = 0; i < 100; i++) {
            stays.add(user("s" + i).join("room"));
        }
        stage.pass(2_000);
        stays.forEach(Client::take);
        var comers = new ArrayList<Client>();
        for (int i = 0; i < 2_500; i++) {
            comers.add(user("c" + i));
        }
        var random = new SplittableRandom(1);
        for (int second = 0; second < 3; second++) {
            for (int step = 0; step < 10; step++) {
                for (int i = 0; i < 250; i++) {
                    Client comer = comers.get(250 * step + i);
                    comer.join("room");
                    if (random.nextInt(10) > 0) {
                        comer.say("presence:leave", HERE);
                    }
                    comer.take();
                }
                stage.pass(100);
            }
            comers.forEach(comer -> comer.say("presence:leave", HERE));
        }
        for (Client stayed : stays) {
            List<Long> times = stayed.take().stream()
                    .map(message -> message.path("timestamp").asLong())
                    .toList();
            assertTrue(times.size() >= 3, times::toString);
            for (int i = 2; i < times.size(); i++) {
                assertTrue(times.get(i) - times.get(i - 2) >= 1_000, times::toString);
            }
        }
        stage.pass(10_000);
        stays.forEach(Client::take);
        stays.forEach(stayed -> assertEquals(100, stayed.view.users().size(), "all who stay, by name again"));
    }

    @Test
    void whoIsClosedWhileItIsTakenUpAgain_isNowhereMemberForEver() {
        var small = new PresenceStage(100, 16 << 10);
        List<String> rooms = IntStream.range(0, 20).mapToObj(i -> "r" + i).toList();
        String metadata = "{\"pad\":\"" + "x".repeat(900) + "\"}";
        for (String id : List.of("a", "b")) {
            Client member = small.connect(PresenceStage.user(id));
            rooms.forEach(room ->
                    member.say("presence:join", "{\"resource\":\"" + room + "\",\"metadata\":" + metadata + "}"));
        }
        small.pass(1_000);
        var left = new Left(
                PresenceStage.user("back"),
                List.of(),
                Set.of(),
                rooms.stream()
                        .map(room -> new ClientMessage.PresenceJoin(null, "presence:" + room, null))
                        .toList());
        Client back = small.resumeWithoutReading(left);
        assertTrue(back.isClosed(), "so much is not held for one that takes nothing");
        small.pass(10_000);
        assertEquals(2 * rooms.size(), small.attendances.members(), "whoever did not come back in time has left");
    }
}
