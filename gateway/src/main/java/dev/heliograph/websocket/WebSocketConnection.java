package dev.heliograph.websocket;

import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.Receiver;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.codec.FrameDecoder;
import dev.heliograph.protocol.codec.FrameException;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.Conversation;
import dev.heliograph.websocket.WebSocketLoop.Opening;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection after its upgrade: passes its bytes to the frame decoder and what that finds to the session. Confined to its event loop. */
final class WebSocketConnection implements Receiver, LoopConnection, FrameDecoder.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

    private final FrameDecoder decoder;
    private final ClientKind kind;
    private final Conversation session;
    private final Outbox outbox;
    private final LoopConnections connections;
    private @Nullable Runnable open;
    private final LongSupplier ticker;
    private int slot = -1;

    WebSocketConnection(
            FrameDecoder decoder, Opening opening, Outbox outbox, LoopConnections connections, LongSupplier ticker) {
        this.decoder = decoder;
        this.kind = opening.kind();
        this.session = opening.conversation();
        this.outbox = outbox;
        this.connections = connections;
        this.open = opening.open();
        this.ticker = ticker;
    }

    @Override
    public void onOpen() {
        connections.add(this);
        Runnable first = Objects.requireNonNull(open, "opened once");
        open = null;
        first.run();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        try {
            decoder.decode(bytes, ticker.getAsLong(), this);
        } catch (FrameException e) {
            session.close(DisconnectCause.PROTOCOL_VIOLATION, e.code(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void onText(ByteBuf utf8) {
        session.onText(utf8);
        stopIfClosed();
    }

    @Override
    public void onPing(ByteBuf payload) {
        session.onPing(payload);
        stopIfClosed();
    }

    @Override
    public void onPong(ByteBuf payload) {
        session.onPong(payload);
    }

    @Override
    public void onClose(int code, String reason) {
        session.onClose(code);
    }

    private void stopIfClosed() {
        if (session.isClosed()) {
            decoder.close();
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
        try {
            decoder.checkOverdue(ticker.getAsLong());
            session.onTick();
        } catch (FrameException e) {
            session.close(DisconnectCause.PROTOCOL_VIOLATION, e.code(), String.valueOf(e.getMessage()));
        }
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

    @Override
    public void onWritable() {
        outbox.onWritable();
    }

    @Override
    public void onGone() {
        try {
            session.onGone(); // first of all: nothing may be sent any more
        } finally {
            connections.remove(this);
            decoder.close();
        }
    }

    @Override
    public void onFault(Throwable cause) {
        LOG.error("a fault while handling a connection", cause);
        session.close(DisconnectCause.INTERNAL, CloseCode.INTERNAL_ERROR, "internal error");
    }
}
