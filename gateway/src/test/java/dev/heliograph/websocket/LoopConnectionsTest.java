package dev.heliograph.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.broadcast.LoopThread;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.egress.LoopBacklogs;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.Conversation;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The sweeps over the connections of one loop, on a loop whose turns the test takes. */
final class LoopConnectionsTest {
    private static final long BYTES_MAX = 1_000;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop =
            new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
    private final Deque<Runnable> nextTurn = new ArrayDeque<>();
    private final BacklogLedger ledger = new BacklogLedger(BYTES_MAX, 2);
    private final LoopBacklogs books = new LoopBacklogs(new LoopOutflow(), ledger);
    private final LoopConnections connections = new LoopConnections(new LoopThread(0, loop, 1, nextTurn::add), ledger);

    private int ticks;
    private int looks;

    /** A connection that counts. */
    private final class Counting implements LoopConnection {
        private int slot = -1;
        private int ticked;
        private long waiting;
        private boolean closed;
        private Runnable inItsTurn = () -> {};

        @Override
        public int slot() {
            return slot;
        }

        @Override
        public void standAt(int other) {
            slot = other;
        }

        @Override
        public void onTick() {
            ticks++;
            ticked++;
            inItsTurn.run();
        }

        @Override
        public ClientKind kind() {
            return ClientKind.WEBSOCKET;
        }

        @Override
        public Conversation conversation() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long waitingBytes() {
            looks++;
            return waiting;
        }

        void waits(long bytes) {
            waiting = bytes;
            books.onHeld(bytes);
        }

        @Override
        public void close(DisconnectCause cause, CloseCode code, String reason) {
            closed = true;
            books.onHeld(-waiting);
            waiting = 0;
        }
    }

    private List<Counting> add(int count) {
        List<Counting> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(new Counting());
            connections.add(added.getLast());
        }
        return added;
    }

    private void pass(long ms) {
        ticker.advance(ms, TimeUnit.MILLISECONDS);
        loop.runNow(0);
    }

    /** One turn of the loop; false if there was nothing left for it. */
    private boolean turn() {
        Runnable task = nextTurn.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    @Test
    void sweep_isTakenInSlices_betweenWhichTheLoopLooksAtItsSockets() {
        List<Counting> all = add(1_000);
        pass(1_000);
        int most = ticks;
        int turns = 1;
        for (int before = ticks; turn(); before = ticks) {
            most = Math.max(most, ticks - before);
            turns++;
        }
        assertEquals(1_000, ticks);
        assertTrue(most <= LoopConnections.SWEPT_AT_ONCE, most + " in one turn");
        assertTrue(turns >= 1_000 / LoopConnections.SWEPT_AT_ONCE, turns + " turns");
        all.forEach(one -> assertEquals(1, one.ticked));
    }

    @Test
    void whoStaysThroughASweep_isTickedOnce_whoeverComesAndGoesBetweenItsSlices() {
        long seed = System.nanoTime();
        System.out.println("seed of the sweeps: " + seed);
        var random = new Random(seed);
        List<Counting> here = add(500);
        for (int sweep = 0; sweep < 40; sweep++) {
            List<Counting> atBegin = new ArrayList<>(here);
            List<Counting> came = new ArrayList<>();
            atBegin.forEach(one -> one.ticked = 0);
            atBegin.stream()
                    .filter(_ -> random.nextInt(20) == 0)
                    .forEach(one -> one.inItsTurn = () -> leave(random.nextBoolean() ? one : pick(here, random), here));
            pass(1_000);
            do {
                for (int i = random.nextInt(60); i > 0; i--) {
                    if (random.nextInt(5) < 2) {
                        came.addAll(add(1));
                        here.add(came.getLast());
                    } else {
                        leave(pick(here, random), here);
                    }
                }
            } while (turn());
            atBegin.stream().filter(here::contains).forEach(one -> assertEquals(1, one.ticked, "who stayed"));
            atBegin.forEach(one -> assertTrue(one.ticked <= 1, "who left"));
            came.forEach(one -> assertEquals(0, one.ticked, "who came"));
            atBegin.forEach(one -> one.inItsTurn = () -> {});
            here.addAll(add(Math.max(0, 500 - here.size())));
            assertEquals(here.size(), connections.size());
        }
    }

    private static Counting pick(List<Counting> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private void leave(Counting one, List<Counting> here) {
        if (here.size() > 1 && here.remove(one)) {
            connections.remove(one);
        }
    }

    @Test
    void everybodyGone_inTheMiddleOfASweep_newcomersAreTickedInTheNext() {
        List<Counting> all = add(300);
        pass(1_000);
        all.forEach(connections::remove);
        assertEquals(0, connections.size());
        while (turn()) {
            // whatever is left of the sweep
        }
        Counting next = add(1).getFirst();
        pass(1_000);
        assertEquals(1, next.ticked);
    }

    @Test
    void whenMuchWaits_butNotTooMuch_eachIsLookedAtOnce_andNobodyIsClosed() {
        List<Counting> all = add(100);
        all.get(40).waits(600);
        all.get(60).waits(300);
        pass(100);
        assertEquals(100, looks);
        all.forEach(one -> assertFalse(one.closed));
        assertEquals(600, ledger.heaviest(1, 0));
    }

    @Test
    void whenTooMuchWaits_theHeaviestGo_untilItIsNotTooMuchAnyMore() {
        List<Counting> all = add(100);
        all.get(10).waits(300);
        all.get(40).waits(700);
        all.get(60).waits(500);
        pass(100);
        assertTrue(all.get(40).closed);
        assertFalse(all.get(60).closed);
        assertFalse(all.get(10).closed);
        assertEquals(800, ledger.ownBytes());
    }

    @Test
    void whenTooMuchWaits_andForAnotherLoopsPeerTwiceAsMuch_nobodyHereGoes() {
        List<Counting> all = add(2);
        ledger.heaviest(1, 2_000);
        books.onHeld(2_000);
        all.getFirst().waits(900);
        pass(100);
        assertFalse(all.getFirst().closed);
    }
}
