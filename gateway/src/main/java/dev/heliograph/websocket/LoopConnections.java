package dev.heliograph.websocket;

import dev.heliograph.broadcast.LoopThread;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.Conversation;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients' connections of one event loop, swept about once a second, in slices, for everything that has a deadline, so that none needs a timer of its own. Confined to
 * the loop, but for {@link #size()} and {@link #closeAll}.
 */
public final class LoopConnections {
    private static final Logger LOG = LoggerFactory.getLogger(LoopConnections.class);
    private static final long TICK_MS = 1_000;
    private static final long PRESSURE_MS = 100;
    private static final int SCANNED_AT_ONCE = 256;
    /** Each of them may have to be pinged, which is a send. */
    static final int SWEPT_AT_ONCE = 64;

    private final LoopThread loop;
    private final EventLoop eventLoop;
    private final BacklogLedger ledger;
    private LoopConnection[] connections = new LoopConnection[16];
    private volatile int size;
    /** Those below have not had their turn in the sweep that is under way; all others have, or have come since it began. 0: none is. */
    private int due;

    private final Map<ClientKind, AtomicInteger> sizes = new EnumMap<>(ClientKind.class);
    /** Said to whoever is or comes here once the loop says goodbye. */
    private @Nullable Consumer<LoopConnection> goodbye;

    private boolean draining;
    /** Completes when goodbye was said and nobody is left. */
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    /** @param ledger what waits for slow peers, here and on all other loops */
    public LoopConnections(LoopThread loop, BacklogLedger ledger) {
        this.loop = loop;
        this.eventLoop = loop.eventLoop();
        this.ledger = ledger;
        for (ClientKind kind : ClientKind.values()) {
            sizes.put(kind, new AtomicInteger());
        }
        eventLoop.scheduleWithFixedDelay(this::onPressure, PRESSURE_MS, PRESSURE_MS, TimeUnit.MILLISECONDS);
        eventLoop.scheduleWithFixedDelay(this::onTick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the loop alone
    public void add(LoopConnection connection) {
        if (size == connections.length) {
            connections = Arrays.copyOf(connections, size * 2);
        }
        connection.standAt(size);
        connections[size] = connection;
        size++;
        count(connection, 1);
        Consumer<LoopConnection> late = goodbye;
        if (late != null) {
            eventLoop.execute(() -> late.accept(connection));
        } else if (draining) {
            eventLoop.execute(() -> LoopDrain.close(connection));
        }
    }

    @SuppressWarnings({"NullAway", "NonAtomicVolatileUpdate"}) // a free slot holds null and is never read
    public void remove(LoopConnection connection) {
        int hole = connection.slot();
        if (hole < 0) {
            return;
        }
        if (hole < due) { // so that among those that are still due no other comes
            due--;
            move(due, hole);
            hole = due;
        }
        move(size - 1, hole);
        connection.standAt(-1);
        connections[size - 1] = null;
        size--;
        count(connection, -1);
        if (size == 0 && goodbye != null) {
            gone.complete(null);
        }
    }

    private void move(int from, int to) {
        if (from != to) {
            LoopConnection moved = connections[from];
            connections[to] = moved;
            moved.standAt(to);
        }
    }

    private void count(LoopConnection connection, int n) {
        AtomicInteger ofKind = sizeOf(connection.kind());
        ofKind.setOpaque(ofKind.getPlain() + n);
    }

    /** Begins a sweep; if the last one is still under way, that goes on, with slices twice as large. */
    private void onTick() {
        due = due == 0 ? size : due;
        onSweep();
    }

    /** Backwards, some at a time: between two slices the loop looks at its sockets. */
    private void onSweep() {
        for (int i = 0; i < SWEPT_AT_ONCE && due > 0; i++) {
            due--;
            onTick(connections[due]);
        }
        if (due > 0) {
            loop.nextTurn().accept(this::onSweep);
        }
    }

    /** A fault ends one connection; a timer that throws would never run again, for any of them. */
    private static void onTick(LoopConnection connection) {
        try {
            connection.onTick();
        } catch (RuntimeException e) {
            LOG.error("a connection's deadlines could not be looked at; it is closed", e);
            connection.close(DisconnectCause.INTERNAL, CloseCode.INTERNAL_ERROR, "internal error");
        }
    }

    /** While more waits than may, those go for whom most waits: here, unless another loop has one that weighs twice as much. */
    private void onPressure() {
        long most = ledger.isTight() ? heaviest() : 0;
        boolean othersTurn = ledger.heaviest(loop.number(), most) > 2 * most;
        if (most > 0 && ledger.isOver() && !othersTurn) {
            closeHeaviest();
        }
    }

    private long heaviest() {
        long most = 0;
        for (int i = 0; i < size; i++) {
            most = Math.max(most, connections[i].waitingBytes());
        }
        return most;
    }

    private void closeHeaviest() {
        LoopConnection[] byWeight = Arrays.copyOf(connections, size);
        Arrays.sort(
                byWeight, Comparator.comparingLong(LoopConnection::waitingBytes).reversed());
        for (LoopConnection heaviest : byWeight) {
            long bytes = heaviest.waitingBytes();
            boolean othersTurn = ledger.heaviest(loop.number(), bytes) > 2 * bytes;
            if (!ledger.isOver() || bytes == 0 || othersTurn) {
                return;
            }
            LOG.warn("more waits for slow clients than may; one for whom {} bytes wait is closed", bytes);
            heaviest.close(
                    DisconnectCause.MEMORY, CloseCode.SLOW_CONSUMER, "too much waits for slow clients, most for this");
        }
    }

    /** How many there are; any thread. */
    public int size() {
        return size;
    }

    /** How many there are of that kind; any thread. */
    public int size(ClientKind kind) {
        return sizeOf(kind).getOpaque();
    }

    private AtomicInteger sizeOf(ClientKind kind) {
        return Objects.requireNonNull(sizes.get(kind));
    }

    /** Says goodbye to all of them, and to those that still come; completes when none is left. Any thread. */
    public CompletableFuture<Void> closeAll(DisconnectCause cause, CloseCode code, String reason) {
        eventLoop.execute(() -> onCloseAll(connection -> connection.close(cause, code, reason)));
        return gone;
    }

    /**
     * Sends all of them away, one after the other in random order, and at once those that still come. Any thread.
     *
     * @param spreadMs from the first to the last
     */
    public void drain(long spreadMs, RandomGenerator random) {
        eventLoop.execute(() -> {
            draining = true;
            new LoopDrain(eventLoop, Arrays.copyOf(connections, size), spreadMs, random).run();
        });
    }

    /** Shows every conversation there is to a visitor, which may end it. Any thread; the visitor is called on the loop. */
    public void visit(Consumer<Conversation> visitor) {
        eventLoop.execute(() -> {
            for (int i = size - 1; i >= 0; i--) {
                visit(connections[i], visitor);
            }
        });
    }

    /** Looks at one connection for an operator. */
    @FunctionalInterface
    public interface Look {
        /** @param waitingBytes that wait for its peer */
        void at(Conversation conversation, long waitingBytes);
    }

    /**
     * Shows every conversation there is, some at a time, so that the loop goes on with its work between them. Any thread; the look is taken on the loop.
     *
     * @return done when all were shown
     */
    public CompletableFuture<Void> scan(Look look) {
        var done = new CompletableFuture<Void>();
        eventLoop.execute(() -> onScan(look, size, done));
        return done;
    }

    /** Downwards: who ends meanwhile gives its place to one that was shown already. */
    private void onScan(Look look, int below, CompletableFuture<Void> done) {
        int from = Math.min(below, size);
        int to = Math.max(0, from - SCANNED_AT_ONCE);
        for (int i = from - 1; i >= to; i--) {
            LoopConnection connection = connections[i];
            visit(connection, conversation -> look.at(conversation, connection.waitingBytes()));
        }
        if (to == 0) {
            done.complete(null);
        } else {
            loop.nextTurn().accept(() -> onScan(look, to, done));
        }
    }

    private static void visit(LoopConnection connection, Consumer<Conversation> visitor) {
        try {
            visitor.accept(connection.conversation());
        } catch (RuntimeException e) {
            LOG.error("a connection could not be looked at; the others are", e);
        }
    }

    private void onCloseAll(Consumer<LoopConnection> farewell) {
        goodbye = farewell;
        for (int i = size - 1; i >= 0; i--) {
            farewell.accept(connections[i]);
        }
        if (size == 0) {
            gone.complete(null);
        }
    }
}
