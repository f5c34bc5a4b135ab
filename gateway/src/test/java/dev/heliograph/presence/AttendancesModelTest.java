package dev.heliograph.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * After quiet, what every watcher makes of what it was told is what is there, which is who has a connection (invariant I7). A watcher takes its place in the stream
 * first and is told the state some time later, as over a slow connection: it sees changes twice, and never misses one.
 */
final class AttendancesModelTest {
    private static final int STEPS = 60_000;
    private static final int CONNECTIONS = 14;
    private static final int USERS = 10;
    private static final int LIST_MAX = 6;
    private static final int WATCHERS = 12;

    private final VirtualPresence presence = new VirtualPresence(LIST_MAX, 100);
    private final List<Connection> connections = new ArrayList<>();
    private final List<Watcher> watchers = new ArrayList<>();
    /** What each user's connections have said last. */
    private final Map<String, String> metadata = new TreeMap<>();

    private int silences;
    private int counted;

    private static final class Connection {
        final String user;

        @Nullable
        Visit visit;

        Connection(String user) {
            this.user = user;
        }
    }

    /** One that has its place in the stream, and the state either already or not yet. */
    private final class Watcher {
        int place = presence.told.size();
        boolean hasState;
        PresenceView view = new PresenceView();

        void read(int upTo) {
            if (!hasState) {
                view.take("presence:sync", stateNow());
                hasState = true;
            }
            while (place < upTo) {
                PresenceChange change = presence.told.get(place++).change();
                view.take(change.type(), change.payload().toString());
            }
        }

        /** It is the connection of a member that has just joined. */
        void hasSeenItself(Visit visit) {
            view.take(
                    "presence:sync",
                    presence.attendances.stateFor(visit).toJson().toString());
            hasState = true;
        }

        private String stateNow() {
            return presence.attendances.state(VirtualPresence.CHANNEL).toJson().toString();
        }
    }

    @Test
    void afterQuiet_whatEveryWatcherSees_isWhoIsConnected() {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("AttendancesModelTest seed " + seed);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(new Connection("u" + i % USERS));
        }
        for (int i = 0; i < STEPS; i++) {
            step(random);
            if (random.nextInt(60) == 0) {
                compare();
            }
        }
        compare();
        System.out.println("AttendancesModelTest " + presence.told.size() + " changes told, " + silences
                + " times of quiet, " + counted + " of them with more than are told by name");
        assertTrue(counted > 0 && counted < silences, "not everything was tried");
    }

    private void step(SplittableRandom random) {
        Connection connection = connections.get(random.nextInt(CONNECTIONS));
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> join(connection, random);
            case 3, 10 -> leave(connection);
            case 4, 5 -> lose(connection);
            case 6 -> describe(connection, random);
            case 7 -> watch(random);
            case 8 -> readSome(random);
            case 9 -> presence.pass(random.nextInt(1, 700));
            case 11 -> presence.pass(random.nextInt(1, 50));
            default -> emptyNowAndThen(random);
        }
    }

    private void join(Connection connection, SplittableRandom random) {
        if (connection.visit == null) {
            String said = random.nextBoolean() ? "{\"n\":" + random.nextInt(3) + "}" : null;
            forgetMetadataOfWhoIsGone();
            Visit visit = presence.join(connection.user, said);
            connection.visit = visit;
            if (random.nextInt(3) == 0) {
                watch(random).hasSeenItself(visit);
            }
            metadata.merge(connection.user, said == null ? "{}" : said, (old, _) -> said == null ? old : said);
        }
    }

    /** A member that is gone, its grace included, begins anew. */
    private void forgetMetadataOfWhoIsGone() {
        List<String> there = presence.attendances.page(VirtualPresence.CHANNEL, 0, 100, 1 << 20).users().stream()
                .map(user -> user.id())
                .toList();
        metadata.keySet().retainAll(there);
    }

    private void leave(Connection connection) {
        if (connection.visit != null) {
            presence.attendances.leave(connection.visit);
            connection.visit = null;
        }
    }

    private void lose(Connection connection) {
        if (connection.visit != null) {
            presence.attendances.lose(connection.visit);
            connection.visit = null;
        }
    }

    private void describe(Connection connection, SplittableRandom random) {
        if (connection.visit != null) {
            String said = "{\"n\":" + random.nextInt(3) + "}";
            presence.attendances.describe(connection.visit, "Name of " + connection.user, RawJson.of(said));
            metadata.put(connection.user, said);
        }
    }

    private Watcher watch(SplittableRandom random) {
        var watcher = new Watcher();
        if (watchers.size() < WATCHERS) {
            watchers.add(watcher);
        } else {
            watchers.set(random.nextInt(WATCHERS), watcher);
        }
        return watcher;
    }

    private void readSome(SplittableRandom random) {
        if (!watchers.isEmpty()) {
            Watcher watcher = watchers.get(random.nextInt(watchers.size()));
            watcher.read(random.nextInt(watcher.place, presence.told.size() + 1));
        }
    }

    private void emptyNowAndThen(SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            connections.forEach(random.nextBoolean() ? this::leave : this::lose);
        }
    }

    private void compare() {
        presence.settle();
        silences++;
        var expected = new TreeMap<String, String>();
        for (Connection connection : connections) {
            if (connection.visit != null) {
                long count = connections.stream()
                        .filter(other -> other.visit != null && other.user.equals(connection.user))
                        .count();
                expected.put(
                        connection.user,
                        "Name of " + connection.user + " x" + count + " " + metadata.get(connection.user));
            }
        }
        assertEquals(expected, there(), "who is there is who is connected");
        watchers.forEach(watcher -> {
            watcher.read(presence.told.size());
            assertEquals(expected.size(), watcher.view.count());
            assertEquals(expected.size() > LIST_MAX, watcher.view.isPartial());
            assertEquals(expected.size() > LIST_MAX ? Map.of() : expected, watcher.view.users());
        });
        counted += expected.size() > LIST_MAX ? 1 : 0;
    }

    private Map<String, String> there() {
        var view = new PresenceView();
        view.take(
                "presence:sync",
                presence.attendances
                        .page(VirtualPresence.CHANNEL, 0, 100, 1 << 20)
                        .toJson()
                        .toString());
        return view.users();
    }

    /** The same from many threads at once, with one that sweeps. What a watcher is told is put in order by the list. */
    @Test
    void manyThreads_endWithWhoIsConnected() throws Exception {
        for (int round = 0; round < 20; round++) {
            var running = new AtomicBoolean(true);
            try (var threads = Executors.newCachedThreadPool()) {
                Future<?> sweeper = threads.submit(() -> {
                    while (running.get()) {
                        presence.pass(100);
                    }
                });
                var workers = new ArrayList<Future<?>>();
                for (int i = 0; i < 6; i++) {
                    var mine = new ArrayList<>(
                            List.of(new Connection("u" + i % 3), new Connection("u" + i), new Connection("u" + i % 2)));
                    connections.addAll(mine);
                    var random = new SplittableRandom(31L * round + i);
                    workers.add(threads.submit(() -> work(mine, random)));
                }
                for (Future<?> worker : workers) {
                    worker.get();
                }
                running.set(false);
                sweeper.get();
            }
            presence.settle();
            assertEquals(connected(), connectionsThere());
            var watcher = new Watcher();
            watcher.read(presence.told.size());
            var fromTheBeginning = new Watcher();
            fromTheBeginning.hasState = true;
            fromTheBeginning.place = 0;
            fromTheBeginning.read(presence.told.size());
            assertEquals(watcher.view.users(), fromTheBeginning.view.users());
            assertEquals(watcher.view.count(), fromTheBeginning.view.count());
        }
    }

    private void work(List<Connection> mine, SplittableRandom random) {
        for (int i = 0; i < 2_000; i++) {
            Connection connection = mine.get(random.nextInt(mine.size()));
            if (connection.visit == null) {
                connection.visit = presence.join(connection.user);
            } else if (random.nextInt(3) == 0) {
                leave(connection);
            } else if (random.nextInt(2) == 0) {
                lose(connection);
            } else {
                presence.attendances.describe(connection.visit, "Name of " + connection.user, null);
            }
        }
    }

    private Map<String, Integer> connected() {
        var connected = new TreeMap<String, Integer>();
        connections.stream()
                .filter(connection -> connection.visit != null)
                .forEach(connection -> connected.merge(connection.user, 1, Integer::sum));
        return connected;
    }

    private Map<String, Integer> connectionsThere() {
        var there = new TreeMap<String, Integer>();
        presence.attendances
                .page(VirtualPresence.CHANNEL, 0, 100, 1 << 20)
                .users()
                .forEach(user -> there.put(user.id(), user.connections()));
        return there;
    }
}
