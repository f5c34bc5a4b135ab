package dev.heliograph.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import java.util.Map;
import java.util.Objects;

/** Netty's permessage-deflate without context takeover, as the reference. */
final class NettyDeflate {
    private static final int LEVEL = 6;
    private static final int WINDOW_BITS = 15;

    private NettyDeflate() {}

    private static WebSocketServerExtension negotiated(int messageBytesMax) {
        var handshaker =
                new PerMessageDeflateServerExtensionHandshaker(LEVEL, false, WINDOW_BITS, true, true, messageBytesMax);
        var offer = new WebSocketExtensionData(
                "permessage-deflate", Map.of("client_no_context_takeover", "", "server_no_context_takeover", ""));
        return Objects.requireNonNull(handshaker.handshakeExtension(offer));
    }

    static ChannelHandler decoder(int messageBytesMax) {
        return negotiated(messageBytesMax).newExtensionDecoder();
    }

    /** What Netty makes of a message: the payload of its one frame. */
    static byte[] compressed(String text) {
        var channel = new EmbeddedChannel(negotiated(0).newExtensionEncoder());
        channel.writeOutbound(new TextWebSocketFrame(text));
        TextWebSocketFrame frame = Objects.requireNonNull(channel.readOutbound());
        try {
            if (!frame.isFinalFragment() || frame.rsv() != 0b100) {
                throw new AssertionError(frame);
            }
            return ByteBufUtil.getBytes(frame.content());
        } finally {
            frame.release();
            channel.finishAndReleaseAll();
        }
    }

    /** The text of one whole frame of a server. */
    static String read(byte[] frame) {
        var config = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(Integer.MAX_VALUE)
                .expectMaskedFrames(false)
                .allowExtensions(true)
                .build();
        var channel = new EmbeddedChannel(new WebSocket13FrameDecoder(config), decoder(0));
        ByteBuf in = Unpooled.copiedBuffer(frame);
        channel.writeInbound(in);
        TextWebSocketFrame text = Objects.requireNonNull(channel.readInbound());
        try {
            return text.text();
        } finally {
            text.release();
            channel.finishAndReleaseAll();
        }
    }
}
