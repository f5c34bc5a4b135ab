package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.presence.PresenceView;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Presence over real sockets, from several threads and event loops. */
@ExtendWith(NoLeaks.class)
final class PresenceTest {
    private static final String ROOM = "presence:room";
    private static final int THREADS = 4;
    private static final int CONNECTIONS_EACH = 5;
    private static final int STEPS = 120;
    private static final Map<String, List<String>> GRANTS =
            Map.of("subscribe", List.of("presence:*"), "presence", List.of("presence:*"));

    /** One connection of a user, which one thread uses at a time, and what it has made of the messages that came. */
    private static final class Member implements AutoCloseable {
        final TestGateway gateway;
        final String user;
        WsClient client;
        PresenceView view = new PresenceView();
        boolean joined;
        boolean watches;

        Member(TestGateway gateway, String user) throws IOException {
            this.gateway = gateway;
            this.user = user;
            this.client = connect();
        }

        private WsClient connect() throws IOException {
            return gateway.connect(
                    TestToken.acme().user(user).with("name", "Name of " + user).with("grants", GRANTS));
        }

        void step(SplittableRandom random) throws IOException {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    client.send("{\"type\":\"presence:join\",\"payload\":{\"resource\":\"room\"}}");
                    joined = true;
                    watches = true;
                }
                case 3 -> leave();
                case 4 -> {
                    client.send("{\"type\":\"subscribe\",\"channel\":\"" + ROOM + "\"}");
                    watches = true;
                }
                case 5 -> client.send("{\"type\":\"presence:heartbeat\"}");
                case 6 -> again(random.nextBoolean());
                default -> Thread.onSpinWait();
            }
        }

        private void leave() throws IOException {
            if (joined) {
                client.send("{\"type\":\"presence:leave\",\"payload\":{\"resource\":\"room\"}}");
                joined = false;
            }
        }

        /** The page is loaded again; it may look at something else then. */
        private void again(boolean joinsAgain) throws IOException {
            client.reset();
            comeBack(joinsAgain);
        }

        private void comeBack(boolean joinsAgain) throws IOException {
            boolean before = joined;
            client = connect();
            view = new PresenceView();
            watches = false;
            joined = before && joinsAgain;
            if (joined) {
                client.send("{\"type\":\"presence:join\",\"payload\":{\"resource\":\"room\"}}");
                watches = true;
            }
        }

        /** Reads all that has come. */
        void read() throws IOException {
            client.send("{\"type\":\"ping\",\"requestId\":\"end\"}");
            for (JsonNode message = client.read(); !isEnd(message); message = client.read()) {
                String type = message.path("type").asText();
                if (type.matches("presence:(sync|join|leave|update)")) {
                    view.take(type, message.path("payload"));
                }
            }
        }

        private static boolean isEnd(JsonNode message) {
            return message.path("requestId").asText().equals("end");
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    @Test
    void afterQuiet_everyWatcherSeesWhoIsConnected() throws Exception {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("PresenceTest seed " + seed);
        var seeds = new SplittableRandom(seed);
        try (TestGateway gateway = TestGateway.start("presence: {graceMs: 400}")) {
            var members = new ArrayList<Member>();
            try (var threads = Executors.newFixedThreadPool(THREADS)) {
                var works = new ArrayList<Future<?>>();
                for (int i = 0; i < THREADS; i++) {
                    var mine = new ArrayList<Member>();
                    for (int j = 0; j < CONNECTIONS_EACH; j++) {
                        mine.add(new Member(gateway, "u" + (i + j) % 7));
                    }
                    members.addAll(mine);
                    SplittableRandom random = seeds.split();
                    works.add(threads.submit(() -> {
                        for (int step = 0; step < STEPS; step++) {
                            mine.get(random.nextInt(mine.size())).step(random);
                            Thread.sleep(random.nextInt(20));
                        }
                        return null;
                    }));
                }
                for (Future<?> work : works) {
                    work.get();
                }
            }
            Map<String, String> expected = expected(members);
            watchAll(members);
            TestGateway.until("all see " + expected, () -> {
                for (Member member : members) {
                    member.read();
                }
                return members.stream().allMatch(member -> member.view.users().equals(expected));
            });
            assertEquals(expected.size(), (int) gateway.metric("heliograph_presence_members"));
            for (Member member : members) {
                assertEquals(expected.size(), member.view.count());
                member.close();
            }
            TestGateway.until(
                    "nobody is there",
                    () -> gateway.statez().at("/presence/channels").asInt() == 0);
            gateway.untilEmpty();
        }
    }

    private static Map<String, String> expected(List<Member> members) {
        var connections = new TreeMap<String, Integer>();
        members.stream()
                .filter(member -> member.joined)
                .forEach(member -> connections.merge(member.user, 1, Integer::sum));
        var expected = new TreeMap<String, String>();
        connections.forEach((user, count) -> expected.put(user, "Name of " + user + " x" + count + " {}"));
        return expected;
    }

    private static void watchAll(List<Member> members) throws IOException {
        for (Member member : members) {
            if (!member.watches || !member.joined) {
                member.client.send("{\"type\":\"subscribe\",\"channel\":\"" + ROOM + "\"}");
            }
        }
    }

    @Test
    void filter_isRefused_asItWouldHideWhoIsThere() throws IOException {
        try (TestGateway gateway = TestGateway.start();
                Member a = new Member(gateway, "a")) {
            a.client.send("{\"type\":\"subscribe\",\"channel\":\"" + ROOM
                    + "\",\"payload\":{\"filter\":{\"eq\":[\"id\",\"a\"]}}}");
            assertEquals(
                    "BAD_FILTER", a.client.expect("error").at("/payload/code").asText());
        }
    }

    /** A page that is loaded again, with a real socket and a real clock: nobody hears of it. */
    @Test
    void reconnect_withinTheGrace_isSeenByNobody() throws Exception {
        try (TestGateway gateway = TestGateway.start();
                Member watcher = new Member(gateway, "w");
                Member a = new Member(gateway, "a")) {
            watcher.client.subscribe(ROOM);
            watcher.client.expect("presence:sync");
            a.client.send("{\"type\":\"presence:join\",\"payload\":{\"resource\":\"room\"}}");
            assertEquals(
                    "a",
                    watcher.client.expect("presence:join").at("/payload/id").asText());
            a.joined = true;
            a.client.reset();
            TestGateway.until(
                    "the gateway knows that it is gone", () -> gateway.metric("heliograph_connections_open") == 1);
            a.comeBack(true);
            try (Member b = new Member(gateway, "b")) {
                b.client.send("{\"type\":\"presence:join\",\"payload\":{\"resource\":\"room\"}}");
                assertEquals(
                        "b",
                        watcher.client.expect("presence:join").at("/payload/id").asText());
                b.client.send("{\"type\":\"presence:leave\",\"payload\":{\"resource\":\"room\"}}");
                assertEquals(
                        "b",
                        watcher.client
                                .expect("presence:leave")
                                .at("/payload/id")
                                .asText());
            }
        }
    }
}
