package dev.heliograph.http;

import dev.heliograph.metrics.TlsFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from its opening to the end of its TLS handshake, within one deadline. An engine is made, and a place among the handshakes under way taken,
 * only when the first record is here whole: a client that is silent or slow costs no more than its bytes. HTTP's handlers come in when the handshake is done,
 * and are told then that the connection is active. Event loop.
 *
 * <pre>
 *             first record            finished
 *  AWAITING ──────────────▶ SHAKING ────────────▶ OVER
 *     │ plain HTTP             │ late, failed,      ▲
 *     ▼                        ▼ gone               │
 *  LINGERING ───────────────────────────────────────┘
 * </pre>
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write or close that fails ends in channelInactive, which is where it matters
final class TlsOpening extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(TlsOpening.class);
    private static final int RECORD_HEAD_BYTES = 5;
    /** RFC 8446 §5.1, and what a record of TLS 1.2 may have more (RFC 5246 §6.2.3). */
    private static final int RECORD_BYTES_MAX = (1 << 14) + 2_048;

    private static final int HANDSHAKE = 0x16;
    private static final int VERSION_MAJOR = 3;

    private enum Phase {
        AWAITING,
        SHAKING,
        LINGERING,
        OVER
    }

    private final TlsHandshakes handshakes;
    private final Runnable onEstablished;
    private final Deadline deadline;
    private final long beganAtMs = System.currentTimeMillis();
    private Phase phase = Phase.AWAITING;
    private boolean heard;
    private @Nullable ChannelHandlerContext context;

    /** @param onEstablished puts HTTP's handlers in */
    TlsOpening(TlsHandshakes handshakes, Channel channel, Runnable onEstablished) {
        this.handshakes = handshakes;
        this.onEstablished = onEstablished;
        this.deadline = new Deadline(channel.eventLoop(), System::nanoTime, this::onLate);
    }

    void install(Channel channel) {
        channel.pipeline().addLast("tls-opening", this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline.set(handshakes.timeoutMs());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        heard = true;
        if (phase == Phase.SHAKING) {
            ctx.fireChannelRead(message);
        } else {
            super.channelRead(ctx, message);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (phase != Phase.AWAITING) {
            in.skipBytes(in.readableBytes());
        } else if (in.getUnsignedByte(in.readerIndex()) != HANDSHAKE) {
            onPlaintext(ctx, in);
        } else if (in.readableBytes() >= RECORD_HEAD_BYTES) {
            onRecord(ctx, in, out);
        }
    }

    private void onRecord(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int length = in.getUnsignedShort(in.readerIndex() + RECORD_HEAD_BYTES - 2);
        if (in.getUnsignedByte(in.readerIndex() + 1) != VERSION_MAJOR || length > RECORD_BYTES_MAX) {
            refuse(ctx, TlsFailure.PROTOCOL);
        } else if (in.readableBytes() < RECORD_HEAD_BYTES + length) {
            return;
        } else if (handshakes.begin()) {
            out.add(in.readRetainedSlice(in.readableBytes()));
            begin(ctx);
        } else {
            refuse(ctx, TlsFailure.BUSY);
        }
    }

    private void begin(ChannelHandlerContext ctx) {
        phase = Phase.SHAKING;
        SslHandler tls = handshakes.newHandler(ctx.alloc());
        ctx.pipeline().addAfter(ctx.name(), "tls", tls).addAfter("tls", "tls-end", new TlsEnd());
        tls.handshakeFuture().addListener((Future<Channel> done) -> onHandshake(ctx, tls, done));
    }

    private void onHandshake(ChannelHandlerContext ctx, SslHandler tls, Future<Channel> done) {
        if (phase != Phase.SHAKING) {
            return;
        }
        over();
        if (!done.isSuccess()) {
            handshakes.failed(done.cause());
            return;
        }
        handshakes.succeeded(tls.engine(), beganAtMs);
        onEstablished.run();
        ctx.pipeline().context(TlsEnd.class).fireChannelActive();
        ctx.pipeline().remove(this);
    }

    /** The only place where a place among the handshakes is given back. */
    private void over() {
        if (phase == Phase.SHAKING) {
            handshakes.end();
        }
        phase = Phase.OVER;
        deadline.clear();
    }

    private void refuse(ChannelHandlerContext ctx, TlsFailure reason) {
        handshakes.failed(reason);
        over();
        ctx.close();
    }

    /** Whoever speaks HTTP is told so in HTTP; anyone else would not understand it. */
    private void onPlaintext(ChannelHandlerContext ctx, ByteBuf in) {
        int first = in.getUnsignedByte(in.readerIndex());
        if (first < 'A' || first > 'Z') {
            refuse(ctx, TlsFailure.PLAINTEXT);
            return;
        }
        handshakes.failed(TlsFailure.PLAINTEXT);
        in.skipBytes(in.readableBytes());
        phase = Phase.LINGERING;
        deadline.set(HttpConnection.LINGER_MS);
        Response response = Errors.json(400, "tls_required", "this port speaks TLS: use https or wss");
        ctx.write(ResponseEncoder.head(ctx.alloc(), response, "close"));
        ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(response.body()))
                .addListener((ChannelFutureListener) written -> ((DuplexChannel) written.channel()).shutdownOutput());
    }

    private void onLate() {
        if (phase == Phase.AWAITING || phase == Phase.SHAKING) {
            handshakes.failed(TlsFailure.TIMEOUT);
        }
        over();
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            onGone();
            ctx.close();
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        onGone();
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a connection failed before its handshake was done", cause);
        }
        onGone();
        ctx.close();
    }

    /** One that never said a word was looking whether the port is open. */
    private void onGone() {
        if (phase == Phase.SHAKING || (phase == Phase.AWAITING && heard)) {
            handshakes.failed(TlsFailure.GONE);
        }
        over();
    }
}
