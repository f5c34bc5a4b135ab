package dev.heliograph.websocket;

import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.Receiver;
import dev.heliograph.protocol.codec.FrameDecoder;
import dev.heliograph.protocol.codec.FrameException;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.function.UnaryOperator;

/** Uses decoder and outbox as {@link WebSocketConnection} and its session do, and sends each text back. Confined to its event loop. */
final class EchoConnection implements Receiver, FrameDecoder.Sink {
    private final FrameDecoder decoder;
    private final Outbox outbox;
    private final UnaryOperator<byte[]> framing;

    EchoConnection(FrameDecoder decoder, Outbox outbox, UnaryOperator<byte[]> framing) {
        this.decoder = decoder;
        this.outbox = outbox;
        this.framing = framing;
    }

    @Override
    public void onOpen() {}

    @Override
    public void onBytes(ByteBuf bytes) {
        try {
            decoder.decode(bytes, System.nanoTime(), this);
        } catch (FrameException e) {
            outbox.close(Frames.close(e.code(), String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void onText(ByteBuf utf8) {
        send(framing.apply(ByteBufUtil.getBytes(utf8)));
    }

    @Override
    public void onPing(ByteBuf payload) {
        send(Frames.pong(payload));
    }

    private void send(byte[] frame) {
        if (outbox.send(frame) == Offer.OVERFLOWED) {
            outbox.close(Frames.close(CloseCode.SLOW_CONSUMER, "asks without reading the answers"));
            decoder.close();
        }
    }

    @Override
    public void onPong(ByteBuf payload) {}

    @Override
    public void onClose(int code, String reason) {
        outbox.close(Frames.closeReply(code));
    }

    @Override
    public void onWritable() {
        outbox.onWritable();
    }

    @Override
    public void onGone() {
        decoder.close();
        outbox.close(null);
    }

    @Override
    public void onFault(Throwable cause) {
        outbox.close(Frames.close(CloseCode.INTERNAL_ERROR, cause.toString()));
    }
}
