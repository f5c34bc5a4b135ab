package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.pusher.rest.Pusher;
import com.pusher.rest.data.PresenceUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many connections of few users come and go at once. */
@ExtendWith(OneGateway.class)
final class PresenceStormTest {
    private static final int CONNECTIONS = 60;
    private static final int USERS = 12;
    private static final int STEPS = 25;
    private static final int WATCHERS = 3;
    private static final String SUBSCRIBED = "pusher_internal:subscription_succeeded";

    private final PackagedGateway gateway;
    private final Pusher server;
    private final long seed = Long.getLong("heliograph.seed", System.nanoTime());

    PresenceStormTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    @Test
    void joinsAndLeavesAtOnce_areToldOnceForEachUser_andEveryRosterEndsAsTheTruth() throws Exception {
        System.out.println("seed " + seed + "; again with -Dheliograph.seed=" + seed);
        String room = Names.fresh("presence-storm-");
        List<Wire> watchers = new ArrayList<>();
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < WATCHERS; i++) {
            watchers.add(Wire.connect(gateway.port(), TestApp.ACME));
            watchers.getLast().subscribe(TestApp.ACME, room, new PresenceUser("watcher" + i));
            watchers.getLast().awaitSubscribed(room);
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            guests.add(new Guest(room, "u" + i % USERS, new Random(seed + i)));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> runs = new ArrayList<>();
            guests.forEach(guest -> runs.add(threads.submit(guest::run)));
            for (Future<?> run : runs) {
                run.get();
            }
        }
        Set<String> truth = new TreeSet<>();
        for (int i = 0; i < WATCHERS; i++) {
            truth.add("watcher" + i);
        }
        guests.stream().filter(guest -> guest.joined).forEach(guest -> truth.add(guest.user));
        Eventually.equal(truth, () -> Api.users(server, room), "users after seed " + seed);
        List<Wire> all = new ArrayList<>(watchers);
        guests.stream().filter(guest -> guest.joined).forEach(guest -> all.add(guest.wire));
        for (Wire wire : all) {
            Eventually.equal(truth, () -> rosterOf(wire, room), "roster after seed " + seed);
        }
        watchers.forEach(Wire::close);
        guests.forEach(guest -> guest.wire.close());
    }

    /** What a client that does as it is told takes for the roster; who is added or removed twice fails the test. */
    private Set<String> rosterOf(Wire wire, String room) {
        Set<String> roster = new TreeSet<>();
        for (JsonNode frame : sinceItLastSubscribed(wire, room)) {
            JsonNode data = Json.unwrap(frame.path("data"));
            String user = data.path("user_id").asText();
            switch (frame.path("event").asText()) {
                case SUBSCRIBED -> {
                    data.path("presence").path("ids").forEach(id -> roster.add(id.asText()));
                    assertEquals(roster, names(data.path("presence").path("hash")), "ids and hash");
                    assertEquals(
                            roster.size(), data.path("presence").path("count").asInt());
                }
                case "pusher_internal:member_added" ->
                    assertTrue(roster.add(user), user + " was added twice, seed " + seed);
                case "pusher_internal:member_removed" ->
                    assertTrue(roster.remove(user), user + " was removed twice, seed " + seed);
                default -> {}
            }
        }
        return roster;
    }

    private static List<JsonNode> sinceItLastSubscribed(Wire wire, String room) {
        List<JsonNode> frames =
                wire.frames().all(frame -> frame.path("channel").asText().equals(room));
        int last = frames.size() - 1;
        while (!frames.get(last).path("event").asText().equals(SUBSCRIBED)) {
            last--;
        }
        return frames.subList(last, frames.size());
    }

    private static Set<String> names(JsonNode object) {
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** One connection at a time of one user. One thread. */
    private final class Guest {
        private final String room;
        private final String user;
        private final Random random;
        private Wire wire;
        private boolean joined;

        Guest(String room, String user, Random random) {
            this.room = room;
            this.user = user;
            this.random = random;
            this.wire = Wire.connect(gateway.port(), TestApp.ACME);
        }

        void run() {
            for (int left = STEPS + random.nextInt(2); left > 0; left--) {
                if (!joined) {
                    wire.subscribe(TestApp.ACME, room, new PresenceUser(user));
                    wire.awaitSubscribed(room);
                    joined = true;
                } else {
                    go(random.nextInt(4));
                    joined = false;
                }
            }
        }

        private void go(int how) {
            switch (how) {
                case 0 -> {
                    wire.unsubscribe(room);
                    wire.roundTrip();
                }
                case 1 -> {
                    wire.closeWith(4200);
                    wire = Wire.connect(gateway.port(), TestApp.ACME);
                }
                case 2 -> {
                    wire.reset();
                    wire = Wire.connect(gateway.port(), TestApp.ACME);
                }
                default -> wire.unsubscribe(room); // and at once again
            }
        }
    }
}
