package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.http.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A wire that is connected to a plain blocking socket, on a loop of its own. */
final class WirePair implements AutoCloseable {
    /** Each kind of wire. */
    enum Kind {
        PLAIN,
        TLS,
        CHANNEL
    }

    private static final int INBOX_BYTES = 16 * 1024;
    private static final int GIVE_UP_MS = 20_000;

    final EventLoops loops;
    final IoEventLoop loop;
    final Socket peer;
    /** What is below TLS; the same as the peer where there is none. */
    final Socket raw;

    final Wire wire;
    /** How often the descriptor was freed; bare wires only. */
    final AtomicInteger freed = new AtomicInteger();
    /** Bytes that the wire says it holds. */
    final AtomicLong held = new AtomicLong();

    private final ByteBuf inbox = Unpooled.directBuffer(INBOX_BYTES);
    private final ByteBuf opened = Unpooled.directBuffer(TlsWire.SCRATCH_BYTES_MIN);
    private final ByteBuf sealed = Unpooled.directBuffer(TlsWire.SCRATCH_BYTES_MIN);
    private @Nullable TlsEnds tls;

    WirePair(Kind kind) throws IOException {
        this(kind, "");
    }

    /** @param early what the peer has sent before the wire begins; bare wires only */
    WirePair(Kind kind, String early) throws IOException {
        loops = EventLoops.create(kind == Kind.CHANNEL ? Transport.NIO : Transport.EPOLL, 1, "wire");
        loop = (IoEventLoop) loops.group().next();
        ByteBuf read = Unpooled.copiedBuffer(early, StandardCharsets.US_ASCII);
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = (InetSocketAddress) listener.getLocalSocketAddress();
            switch (kind) {
                case PLAIN -> {
                    wire = new PlainWire(connected(address), new BareLoop(loop, inbox), read, freed::incrementAndGet);
                    raw = listener.accept();
                    peer = raw;
                }
                case TLS -> {
                    var socket = connected(address);
                    raw = listener.accept();
                    tls = new TlsEnds(socket, raw);
                    peer = tls.peer();
                    wire = new TlsWire(
                            socket,
                            new BareLoop(loop, inbox, opened, sealed, held::addAndGet),
                            tls.engine(),
                            read,
                            Unpooled.buffer(),
                            freed::incrementAndGet);
                }
                default -> {
                    read.release();
                    wire = channel(address);
                    raw = listener.accept();
                    peer = raw;
                }
            }
            raw.setSoTimeout(GIVE_UP_MS);
            raw.setTcpNoDelay(true);
        }
    }

    private static io.netty.channel.unix.Socket connected(InetSocketAddress address) throws IOException {
        var socket = io.netty.channel.unix.Socket.newSocketStream();
        if (!socket.connect(address)) {
            while (!socket.finishConnect()) {
                Thread.onSpinWait();
            }
        }
        return socket;
    }

    private Wire channel(InetSocketAddress address) {
        ChannelHandler nothing = new ChannelInboundHandlerAdapter();
        var channel = (DuplexChannel) new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(nothing)
                .connect(address)
                .syncUninterruptibly()
                .channel();
        return new NettyWire(channel, channel::shutdownOutput);
    }

    /** Starts the wire with a receiver that keeps a record. */
    RecordingReceiver start() throws Exception {
        return start(new RecordingReceiver(wire));
    }

    <T extends Receiver> T start(T receiver) throws Exception {
        onLoop(() -> {
            wire.start(receiver);
            return 0;
        });
        return receiver;
    }

    <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get();
    }

    /** Sends bytes, on the loop. */
    int send(byte[] bytes) throws Exception {
        return onLoop(() -> {
            ByteBuf direct = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
            try {
                return wire.send(direct, 0, bytes.length);
            } finally {
                direct.release();
            }
        });
    }

    void close(byte[] lastFrame) throws Exception {
        onLoop(() -> {
            wire.close(lastFrame);
            return 0;
        });
    }

    /** Whether nothing more comes, with or without a goodbye. */
    boolean isEnded() throws IOException {
        try {
            return peer.getInputStream().read() < 0;
        } catch (SSLException truncated) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        peer.close();
        raw.close();
        loops.close();
        inbox.release();
        opened.release();
        sealed.release();
        if (tls != null) {
            tls.close();
            assertEquals(0, tls.engine().refCnt(), "the engine is released, once");
            assertEquals(0, held.get(), "nothing is held");
        }
    }
}
