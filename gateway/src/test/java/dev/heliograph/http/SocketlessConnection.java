package dev.heliograph.http;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A connection of a server without a socket, a kernel and a thread: what a peer sends goes in as bytes, what would be written to it comes out. Its buffers are
 * not watched for leaks, so that what is allocated is what the gateway allocates. One thread.
 */
public final class SocketlessConnection implements AutoCloseable {
    private static final int WORKERS_WAITING_MAX = 16;

    private final EmbeddedChannel channel = new EmbeddedChannel() {
        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        }
    };

    public SocketlessConnection(Router router, Metrics metrics) {
        channel.config().setAllocator(new UnpooledByteBufAllocator(true, true));
        var bounds = new Served.Bounds(LimitsConfig.DEFAULT, new BodyRoom(1 << 20), 1_000);
        var served = new Served("socketless", router, bounds, new BodyWorkers(WORKERS_WAITING_MAX), metrics);
        new HttpConnection(served, channel, false, () -> {}).install(() -> {});
        channel.pipeline().fireChannelActive();
    }

    /**
     * The peer sends these bytes at once.
     *
     * @param received only read; nothing is kept of it if it holds whole requests
     * @return how many buffers would be written to the peer; {@link #next} takes them
     */
    public int receive(byte[] received) {
        channel.writeInbound(Unpooled.wrappedBuffer(received));
        return channel.outboundMessages().size();
    }

    /** The next buffer that would be written, as text. */
    public String next() {
        ByteBuf written = channel.readOutbound();
        try {
            return written.toString(StandardCharsets.ISO_8859_1);
        } finally {
            written.release();
        }
    }

    /** Drops all that would be written. */
    public void drop() {
        for (ByteBuf written = channel.readOutbound(); written != null; written = channel.readOutbound()) {
            written.release();
        }
    }

    @Override
    public void close() {
        drop();
        channel.finishAndReleaseAll();
    }
}
