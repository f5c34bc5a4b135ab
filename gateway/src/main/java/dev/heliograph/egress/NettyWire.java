package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A wire through a Netty channel. It takes all or nothing, by the channel's writability, so that what it buffers stays within one send plus the high-water
 * mark.
 */
public final class NettyWire implements Wire {
    private static final long CLOSE_TIMEOUT_MS = 2_000;

    private final Channel channel;
    private boolean closing;

    public NettyWire(Channel channel) {
        this.channel = channel;
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        assert channel.eventLoop().inEventLoop();
        if (closing || !channel.isActive()) {
            return length;
        }
        if (!channel.isWritable()) {
            return 0;
        }
        ByteBuf copy = channel.alloc().ioBuffer(length, length);
        copy.writeBytes(bytes, from, length);
        channel.writeAndFlush(copy, channel.voidPromise());
        return length;
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        if (closing) {
            return;
        }
        closing = true;
        ByteBuf last = lastFrame == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(lastFrame);
        channel.writeAndFlush(last).addListener(_ -> sayNoMore());
        channel.eventLoop().schedule(() -> channel.close(), CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    /**
     * Ends our half only: a close with input unread would be a reset, and the peer would never see the last frame. The peer's end, or the timeout, ends the
     * rest.
     */
    private void sayNoMore() {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            channel.close();
        }
    }
}
