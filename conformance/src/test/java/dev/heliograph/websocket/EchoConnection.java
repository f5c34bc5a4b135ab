package dev.heliograph.websocket;

import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.protocol.codec.FrameDecoder;
import dev.heliograph.protocol.codec.FrameException;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** Uses decoder and outbox as {@link WebSocketConnection} and its session do, and sends each text back. Confined to its event loop. */
final class EchoConnection extends ChannelInboundHandlerAdapter implements FrameDecoder.Sink {
    private final FrameDecoder decoder;
    private final Outbox outbox;

    EchoConnection(FrameDecoder decoder, Outbox outbox) {
        this.decoder = decoder;
        this.outbox = outbox;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            decoder.decode(in, System.nanoTime(), this);
        } catch (FrameException e) {
            outbox.close(Frames.close(e.code(), String.valueOf(e.getMessage())));
        } finally {
            in.release();
        }
    }

    @Override
    public void onText(ByteBuf utf8) {
        send(Frames.text(ByteBufUtil.getBytes(utf8)));
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
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            ctx.channel().eventLoop().execute(outbox::onWritable);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        decoder.close();
        outbox.close(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            ctx.close();
        } else {
            outbox.close(Frames.close(CloseCode.INTERNAL_ERROR, cause.toString()));
        }
    }
}
