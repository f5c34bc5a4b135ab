package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of a byte stream as Netty's WebSocket handlers see them, in the words of {@link Reading}.
 *
 * <p>Where our rules are narrower than Netty's, they are laid over it here: binary messages are refused, close codes above 4999, and close reasons that end
 * inside a character.
 */
final class NettyReading extends ChannelInboundHandlerAdapter {
    /** The event of a stream that is right, and that Netty cannot read further. */
    static final String GAVE_UP = "gave up";

    private final List<String> events = new ArrayList<>();
    private boolean over;

    static List<String> of(FrameLimits limits, byte[] stream) {
        return of(
                stream,
                new WebSocket13FrameDecoder(config(limits, false)),
                new NarrowerRules(),
                new Utf8FrameValidator(false),
                new WebSocketFrameAggregator(limits.messageBytesMax()));
    }

    /** The same where permessage-deflate is spoken; each message is decompressed before its UTF-8 is looked at. */
    static List<String> ofCompressed(FrameLimits limits, byte[] stream) {
        return of(
                stream,
                new WebSocket13FrameDecoder(config(limits, true)),
                new NarrowerRules(),
                NettyDeflate.decoder(limits.messageBytesMax()),
                new Utf8FrameValidator(false),
                new WebSocketFrameAggregator(limits.messageBytesMax()));
    }

    private static WebSocketDecoderConfig config(FrameLimits limits, boolean extensions) {
        return WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(limits.frameBytesMax())
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .allowExtensions(extensions)
                .closeOnProtocolViolation(false)
                .build();
    }

    private static List<String> of(byte[] stream, ChannelHandler... handlers) {
        NettyReading reading = new NettyReading();
        EmbeddedChannel channel = new EmbeddedChannel(handlers);
        channel.pipeline().addLast(reading);
        channel.config().setAllocator(Reading.UNTRACKED);
        channel.writeInbound(Unpooled.wrappedBuffer(stream));
        reading.over = true;
        channel.finishAndReleaseAll();
        return reading.events;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        try {
            if (!over) {
                events.add(
                        switch (frame) {
                            case TextWebSocketFrame text -> Reading.text(text.text());
                            case PingWebSocketFrame ping -> Reading.ping(ping.content());
                            case PongWebSocketFrame pong -> Reading.pong(pong.content());
                            case CloseWebSocketFrame close -> closed(close);
                            default -> throw new AssertionError(frame);
                        });
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    private String closed(CloseWebSocketFrame close) {
        over = true;
        int code = close.statusCode();
        return Reading.closed(code == -1 ? Frames.NO_STATUS : code, close.reasonText());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!over) {
            over = true;
            events.add(isLimitation(cause) ? GAVE_UP : Reading.refused(code(cause)));
        }
    }

    /** Netty 4.2 wants something of every fragment; a compressed one may add nothing yet. */
    private static boolean isLimitation(Throwable cause) {
        return cause instanceof DecoderException
                && cause.getCause() instanceof CodecException inner
                && String.valueOf(inner.getMessage()).equals("cannot read uncompressed buffer");
    }

    private static int code(Throwable cause) {
        return switch (cause) {
            case CorruptedWebSocketFrameException corrupted ->
                corrupted.closeStatus().code();
            case TooLongFrameException tooLong -> CloseCode.TOO_BIG.code();
            case DecompressionException broken -> CloseCode.INVALID_DATA.code();
            default -> throw new AssertionError(cause);
        };
    }

    private static final class NarrowerRules extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof BinaryWebSocketFrame) {
                refuse(ctx, frame, WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
            } else if (frame instanceof CloseWebSocketFrame close && close.statusCode() > 4999) {
                refuse(ctx, frame, WebSocketCloseStatus.PROTOCOL_ERROR);
            } else if (frame instanceof CloseWebSocketFrame close && !isUtf8(close)) {
                refuse(ctx, frame, WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
            } else {
                ctx.fireChannelRead(frame);
            }
        }

        private static boolean isUtf8(CloseWebSocketFrame close) {
            ByteBuf content = close.content();
            int reason = Math.min(2, content.readableBytes());
            try {
                StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(content.nioBuffer(content.readerIndex() + reason, content.readableBytes() - reason));
                return true;
            } catch (CharacterCodingException notUtf8) {
                return false;
            }
        }

        private static void refuse(ChannelHandlerContext ctx, Object frame, WebSocketCloseStatus status) {
            ReferenceCountUtil.release(frame);
            ctx.fireExceptionCaught(new CorruptedWebSocketFrameException(status, "narrower rule"));
        }
    }
}
