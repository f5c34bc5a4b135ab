package dev.heliograph.app;

import dev.heliograph.egress.Outbox;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.pusher.NoticeChannel;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherServerMessage.Failed;
import dev.heliograph.session.Conversation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that ends as it begins: with a {@code pusher:error} and a Close frame that both say why. It takes an upgrade to say so, since a browser does not
 * tell a page why a handshake has failed. Confined to the connection's event loop.
 */
public final class TurnedAway implements Conversation {
    private final Outbox outbox;
    private final Metrics metrics;
    private final PusherCode code;
    private final byte[] error;
    private boolean closed;

    /** @param explanation for people */
    public TurnedAway(Outbox outbox, Metrics metrics, PusherCode code, String explanation) {
        this.outbox = outbox;
        this.metrics = metrics;
        this.code = code;
        this.error = NoticeChannel.notice(new Failed(code, explanation)).utf8();
    }

    /** Says it, and closes. */
    public void onOpen() {
        metrics.increment(Count.CONNECTIONS_OPENED);
        outbox.send(outbox.format().frame(error));
        end(Frames.close(code.code(), code.reason()));
    }

    private void end(byte @Nullable [] lastFrame) {
        if (!closed) {
            closed = true;
            outbox.close(lastFrame);
            metrics.increment(Count.CONNECTIONS_CLOSED, DisconnectCause.APP_REFUSED);
        }
    }

    @Override
    public void onText(ByteBuf utf8) {}

    @Override
    public void onPing(ByteBuf payload) {}

    @Override
    public void onPong(ByteBuf payload) {}

    @Override
    public void onClose(int closeCode) {
        end(null);
    }

    @Override
    public void onTick() {}

    @Override
    public void onGone() {
        end(null);
    }

    @Override
    public void close(DisconnectCause cause, CloseCode closeCode, String reason) {
        end(Frames.close(closeCode, reason));
    }

    @Override
    public boolean isClosed() {
        return closed;
    }
}
