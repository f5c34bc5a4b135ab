package dev.heliograph.websocket;

import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.Conversation;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Sends the connections of one event loop away, in random order, evenly over a time: each that can be told is told when its turn comes, and closed a moment after it if
 * it has not gone by itself; the others are closed when it comes. Confined to the loop.
 */
final class LoopDrain implements Runnable {
    /** How long after its turn a client that was told to go may still be here. */
    static final long OBEYS_WITHIN_MS = 1_000;

    private static final long STEP_MS = 10;
    private static final int TOLD_PER_STEP = 512;

    private final EventLoop loop;
    private final Turn[] turns;
    private final long startNanos;
    private int told;
    private int closed;

    private static final class Turn {
        private final LoopConnection connection;
        private final long afterMs;
        private long closeAfterMs;

        Turn(LoopConnection connection, long afterMs) {
            this.connection = connection;
            this.afterMs = afterMs;
            this.closeAfterMs = afterMs;
        }
    }

    /** @param spreadMs from the first turn to the last */
    LoopDrain(EventLoop loop, LoopConnection[] connections, long spreadMs, RandomGenerator random) {
        this.loop = loop;
        this.startNanos = System.nanoTime();
        shuffle(connections, random);
        this.turns = new Turn[connections.length];
        for (int i = 0; i < turns.length; i++) {
            double place = (i + random.nextDouble()) / turns.length;
            turns[i] = new Turn(connections[i], (long) (place * (double) spreadMs));
        }
    }

    private static void shuffle(LoopConnection[] connections, RandomGenerator random) {
        for (int i = connections.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            LoopConnection swapped = connections[i];
            connections[i] = connections[other];
            connections[other] = swapped;
        }
    }

    /** One step; plans the next until all have had their turn. */
    @Override
    public void run() {
        if (told < turns.length) {
            tellSome();
            loop.execute(this);
            return;
        }
        long nowMs = elapsedMs();
        while (closed < turns.length && turns[closed].closeAfterMs <= nowMs) {
            close(turns[closed].connection);
            closed++;
        }
        if (closed < turns.length) {
            var _ = loop.schedule(this, STEP_MS, TimeUnit.MILLISECONDS);
        }
    }

    static void close(LoopConnection connection) {
        connection.close(DisconnectCause.DRAIN, CloseCode.SERVICE_RESTART, "the gateway restarts");
    }

    private void tellSome() {
        long nowMs = elapsedMs();
        int end = Math.min(turns.length, told + TOLD_PER_STEP);
        for (; told < end; told++) {
            Turn turn = turns[told];
            Conversation conversation = turn.connection.conversation();
            if (!conversation.isClosed() && conversation.onDrain(Math.max(0, turn.afterMs - nowMs))) {
                turn.closeAfterMs += OBEYS_WITHIN_MS;
            }
        }
        if (told == turns.length) {
            Arrays.sort(turns, Comparator.comparingLong(turn -> turn.closeAfterMs));
        }
    }

    private long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
}
