package dev.heliograph.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One owner of the truth: what is told, from any moment on, makes of what was there then what is there now. */
final class RostersTest {
    private static final ChannelId CHANNEL = new ChannelId("acme", "presence-room");
    private static final long GRACE_MS = 3_000;

    /** Near the end of the numbers, as a ticker may be. */
    private final AtomicLong nowMs = new AtomicLong(Long.MAX_VALUE - 5_000);

    private final Told told = new Told();
    private final Rosters<String> rosters = new Rosters<>(told, nowMs::get, GRACE_MS);

    /** Everything that was told, in order; the offset of a telling is its place. */
    private static final class Told implements PresenceListener<String> {
        final List<String> all = Collections.synchronizedList(new ArrayList<>());
        final List<String> present = Collections.synchronizedList(new ArrayList<>());

        @Override
        public Position onAdded(ChannelId channel, String member) {
            return tell("+" + member);
        }

        @Override
        public @Nullable Position onRemoved(ChannelId channel, String member) {
            return tell("-" + member);
        }

        @Override
        public void onPresent(ChannelId channel, String member) {
            present.add("+" + member);
        }

        @Override
        public void onAbsent(ChannelId channel, String member) {
            present.add("-" + member);
        }

        /** Under the roster's lock, as there is but one channel. */
        private Position tell(String what) {
            all.add(what);
            return new Position("e", all.size());
        }
    }

    private Admission<String> join(String key) {
        return rosters.join(CHANNEL, key, key, 100);
    }

    @Test
    void member_isToldWithItsFirstConnectionAndWithItsLast() {
        join("a");
        join("a");
        join("b");
        rosters.leave(CHANNEL, "a");
        assertEquals(List.of("+a", "+b"), told.all);
        assertEquals(List.of("a", "b"), rosters.members(CHANNEL));
        rosters.leave(CHANNEL, "a");
        assertEquals(List.of("+a", "+b", "-a"), told.all);
        assertEquals(1, rosters.size(CHANNEL));
        rosters.leave(CHANNEL, "b");
        rosters.leave(CHANNEL, "b");
        rosters.lose(CHANNEL, "never");
        assertEquals(List.of(), rosters.members(CHANNEL));
    }

    @Test
    void lostConnection_thatIsBackInTime_tellsNothing_andLateTellsBoth() {
        join("a");
        rosters.lose(CHANNEL, "a");
        nowMs.addAndGet(GRACE_MS - 1);
        rosters.sweep();
        assertEquals(1, rosters.size(CHANNEL), "it still counts");
        join("a");
        nowMs.addAndGet(GRACE_MS);
        rosters.sweep();
        assertEquals(List.of("+a"), told.all);
        rosters.lose(CHANNEL, "a");
        nowMs.addAndGet(GRACE_MS);
        rosters.sweep();
        join("a");
        assertEquals(List.of("+a", "-a", "+a"), told.all);
        assertEquals(List.of("+a", "-a", "+a", "-a", "+a"), told.present);
    }

    @Test
    void lostTwice_isGivenTheWholeGraceEachTime() {
        join("a");
        rosters.lose(CHANNEL, "a");
        nowMs.addAndGet(2_000);
        join("a");
        rosters.lose(CHANNEL, "a");
        nowMs.addAndGet(2_000);
        rosters.sweep();
        assertEquals(List.of("+a"), told.all);
        nowMs.addAndGet(1_000);
        rosters.sweep();
        assertEquals(List.of("+a", "-a"), told.all);
    }

    @Test
    void full_isFullForOthersOnly() {
        rosters.join(CHANNEL, "a", "a", 1);
        assertInstanceOf(Admission.Full.class, rosters.join(CHANNEL, "b", "b", 1));
        assertInstanceOf(Admission.Admitted.class, rosters.join(CHANNEL, "a", "a", 1));
        nowMs.addAndGet(GRACE_MS);
        rosters.sweep();
        assertEquals(1, rosters.size(CHANNEL), "who is connected stays");
    }

    @Test
    void memberThatCannotBeToldOf_isNone() {
        var broken = new Rosters<String>(
                new PresenceListener<>() {
                    @Override
                    public Position onAdded(ChannelId channel, String member) {
                        throw new IllegalStateException("no room");
                    }

                    @Override
                    public Position onRemoved(ChannelId channel, String member) {
                        throw new AssertionError("removed, but never added");
                    }

                    @Override
                    public void onPresent(ChannelId channel, String member) {
                        throw new AssertionError("present, but never added");
                    }

                    @Override
                    public void onAbsent(ChannelId channel, String member) {
                        throw new AssertionError("absent, but never added");
                    }
                },
                nowMs::get,
                GRACE_MS);
        try {
            broken.join(CHANNEL, "a", "a", 10);
        } catch (IllegalStateException expected) {
            broken.leave(CHANNEL, "a");
            assertEquals(0, broken.size(CHANNEL));
            return;
        }
        throw new AssertionError("was told of");
    }

    /** Many threads come, leave and are lost, and all the while look: each look with what was told since is the truth at the end. */
    @Test
    void manyThreads_eachSnapshotWithWhatFollowsIsTheTruth() throws Exception {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("RostersTest seed " + seed);
        int threads = 8;
        var random = new SplittableRandom(seed);
        var snapshots = Collections.synchronizedList(new ArrayList<Admission.Admitted<String>>());
        Map<String, Integer> connections = Collections.synchronizedMap(new HashMap<>());
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < threads; i++) {
                SplittableRandom own = random.split();
                running.add(pool.submit(() -> comeAndGo(own, snapshots, connections)));
            }
            running.add(pool.submit(() -> {
                for (int i = 0; i < 2_000; i++) {
                    nowMs.addAndGet(10);
                    rosters.sweep();
                }
            }));
            for (Future<?> each : running) {
                each.get();
            }
        }
        nowMs.addAndGet(GRACE_MS);
        rosters.sweep();
        Set<String> truth = new HashSet<>();
        connections.forEach((key, count) -> {
            if (count > 0) {
                truth.add(key);
            }
        });
        assertEquals(truth, new HashSet<>(rosters.members(CHANNEL)));
        assertFalse(truth.isEmpty(), "nobody is left to be compared");
        assertTrue(told.all.size() > 1_000, "too little happened: " + told.all.size());
        for (Admission.Admitted<String> snapshot : snapshots) {
            var roster = new HashSet<>(snapshot.members());
            for (String what : told.all.subList((int) snapshot.told().offset(), told.all.size())) {
                boolean changed =
                        what.charAt(0) == '+' ? roster.add(what.substring(1)) : roster.remove(what.substring(1));
                assertTrue(changed, what + " was told twice, or of nobody");
            }
            assertEquals(truth, roster);
        }
    }

    private void comeAndGo(
            SplittableRandom random, List<Admission.Admitted<String>> snapshots, Map<String, Integer> connections) {
        var mine = new ArrayList<String>();
        for (int step = 0; step < 5_000; step++) {
            if (mine.size() < 2 || (random.nextBoolean() && mine.size() < 20)) {
                String key = "u" + random.nextInt(30);
                mine.add(key);
                connections.merge(key, 1, Integer::sum);
                var admitted = (Admission.Admitted<String>) join(key);
                if (random.nextInt(100) == 0) {
                    snapshots.add(admitted);
                }
            } else {
                String key = mine.remove(random.nextInt(mine.size()));
                connections.merge(key, -1, Integer::sum);
                if (random.nextBoolean()) {
                    rosters.leave(CHANNEL, key);
                } else {
                    rosters.lose(CHANNEL, key);
                }
            }
        }
    }
}
