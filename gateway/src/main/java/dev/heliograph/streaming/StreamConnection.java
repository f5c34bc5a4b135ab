package dev.heliograph.streaming;

import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.Receiver;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.Conversation;
import dev.heliograph.session.Session;
import dev.heliograph.websocket.LoopConnection;
import dev.heliograph.websocket.LoopConnections;
import io.netty.buffer.ByteBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of an event stream, or of a poll that waits. What its client sends behind the request means nothing, and is dropped. Confined to its event loop. */
final class StreamConnection implements Receiver, LoopConnection {
    private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);

    private final ClientKind kind;
    private final Session session;
    private final Outbox outbox;
    private final LoopConnections connections;
    private final Runnable open;
    private final Runnable tick;
    private int slot = -1;

    /**
     * @param open begins the conversation
     * @param tick looks at its deadlines
     */
    StreamConnection(
            ClientKind kind,
            Session session,
            Outbox outbox,
            LoopConnections connections,
            Runnable open,
            Runnable tick) {
        this.kind = kind;
        this.session = session;
        this.outbox = outbox;
        this.connections = connections;
        this.open = open;
        this.tick = tick;
    }

    @Override
    public void onOpen() {
        connections.add(this);
        open.run();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        // nothing can be said here
    }

    @Override
    public void onWritable() {
        outbox.onWritable();
    }

    @Override
    public void onFault(Throwable cause) {
        LOG.error("a fault while handling a stream", cause);
        close(DisconnectCause.INTERNAL, CloseCode.INTERNAL_ERROR, "internal error");
    }

    @Override
    public void onGone() {
        try {
            session.onGone(); // first of all: nothing may be sent any more
        } finally {
            connections.remove(this);
        }
    }

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
        tick.run();
    }

    @Override
    public ClientKind kind() {
        return kind;
    }

    @Override
    public Conversation conversation() {
        return session;
    }

    @Override
    public long waitingBytes() {
        return outbox.waitingBytes();
    }

    @Override
    public void close(DisconnectCause cause, CloseCode code, String reason) {
        session.close(cause, code, reason);
    }
}
