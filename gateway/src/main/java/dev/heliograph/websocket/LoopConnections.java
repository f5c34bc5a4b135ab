package dev.heliograph.websocket;

import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.CloseCode;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The WebSocket connections of one event loop, swept about once a second for everything that has a deadline, so that none needs a timer of its own. Confined to
 * the loop, but for {@link #size} and {@link #closeAll}.
 */
public final class LoopConnections {
    private static final long TICK_MS = 1_000;

    private final EventLoop eventLoop;
    private WebSocketConnection[] connections = new WebSocketConnection[16];
    private volatile int size;

    public LoopConnections(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
        eventLoop.scheduleWithFixedDelay(this::onTick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the loop alone
    void add(WebSocketConnection connection) {
        if (size == connections.length) {
            connections = Arrays.copyOf(connections, size * 2);
        }
        connection.slot = size;
        connections[size] = connection;
        size++;
    }

    @SuppressWarnings({"NullAway", "NonAtomicVolatileUpdate"}) // a free slot holds null and is never read
    void remove(WebSocketConnection connection) {
        if (connection.slot < 0) {
            return;
        }
        WebSocketConnection last = connections[size - 1];
        connections[connection.slot] = last;
        last.slot = connection.slot;
        connection.slot = -1;
        connections[size - 1] = null;
        size--;
    }

    /** Backwards: a connection that ends in its turn gives its place to one that has had its own. */
    private void onTick() {
        for (int i = size - 1; i >= 0; i--) {
            connections[i].onTick();
        }
    }

    /** How many there are; any thread. */
    public int size() {
        return size;
    }

    /** Says goodbye to all of them; any thread. */
    public void closeAll(DisconnectCause cause, CloseCode code, String reason) {
        eventLoop.execute(() -> {
            for (int i = size - 1; i >= 0; i--) {
                connections[i].close(cause, code, reason);
            }
        });
    }
}
