package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.nio.AbstractNioChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wire through a Netty channel, whose only handler it is. It takes all or nothing, by the channel's writability, so that what it buffers stays within one
 * send plus the high-water mark.
 */
public final class NettyWire implements Wire {
    private static final Logger LOG = LoggerFactory.getLogger(NettyWire.class);

    private final Channel channel;
    private final Runnable shutdownOutput;
    private boolean closing;
    /** The most that the channel has kept since the last {@link #push} when it took nothing more. */
    private long unsent;

    /**
     * @param channel active, with no handler that reads
     * @param shutdownOutput ends our half of the connection and leaves the peer's
     */
    public NettyWire(Channel channel, Runnable shutdownOutput) {
        this.channel = channel;
        this.shutdownOutput = shutdownOutput;
    }

    @Override
    public @Nullable InetSocketAddress peer() {
        return channel.remoteAddress() instanceof InetSocketAddress address ? address : null;
    }

    @Override
    public void start(Receiver receiver) {
        channel.pipeline().addLast("wire", new Inbound(receiver));
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        assert channel.eventLoop().inEventLoop();
        if (closing || !channel.isActive()) {
            return length;
        }
        if (!channel.isWritable()) {
            unsent = Math.max(unsent, countUnsent());
            return 0;
        }
        ByteBuf copy = channel.alloc().ioBuffer(length, length);
        copy.writeBytes(bytes, from, length);
        channel.writeAndFlush(copy, channel.voidPromise());
        return length;
    }

    /** A kernel with megabytes for one socket says that it takes more when a third of them is free; NIO can be made to ask before. */
    @Override
    public boolean push() {
        if (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio && channel.isActive()) {
            nio.forceFlush();
        }
        long now = countUnsent();
        boolean moved = now < unsent;
        unsent = now;
        return moved;
    }

    /** What the channel keeps of what it was given, to the byte. */
    private long countUnsent() {
        ChannelOutboundBuffer kept = channel.unsafe().outboundBuffer();
        return kept == null ? 0 : kept.totalPendingWriteBytes() - kept.currentProgress();
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        if (closing) {
            return;
        }
        closing = true;
        ByteBuf last = lastFrame == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(lastFrame);
        // our half only: a close with input unread would be a reset, and the peer would never see the last frame
        channel.writeAndFlush(last).addListener(_ -> shutdownOutput.run());
        channel.eventLoop().schedule(() -> channel.close(), CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    /** What the channel tells. */
    private final class Inbound extends ChannelInboundHandlerAdapter {
        private @Nullable Receiver receiver;

        Inbound(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            Receiver opened = Objects.requireNonNull(receiver);
            try {
                opened.onOpen();
            } catch (RuntimeException | OutOfMemoryError e) {
                opened.onFault(e);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                if (receiver != null && !closing) {
                    receiver.onBytes(in);
                }
            } finally {
                in.release();
            }
        }

        /** Later, not now: the change may be told from within a send of this very wire. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                ctx.channel().eventLoop().execute(this::onWritable);
            }
        }

        private void onWritable() {
            if (receiver != null && !closing) {
                receiver.onWritable();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            onGone();
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            onGone();
        }

        private void onGone() {
            Receiver left = receiver;
            receiver = null;
            if (left != null) {
                left.onGone();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof IOException || receiver == null) {
                LOG.debug("connection failed: {}", cause.toString());
                ctx.close();
            } else {
                receiver.onFault(cause);
            }
        }
    }
}
