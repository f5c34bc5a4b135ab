package dev.heliograph.egress;

import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.http.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** A wire that is connected to a plain blocking socket, on a loop of its own. */
final class WirePair implements AutoCloseable {
    /** Each kind of wire. */
    enum Kind {
        PLAIN,
        CHANNEL
    }

    private static final int INBOX_BYTES = 16 * 1024;
    private static final int GIVE_UP_MS = 20_000;

    final EventLoops loops;
    final IoEventLoop loop;
    final Socket peer;
    final Wire wire;
    /** How often the descriptor was freed; plain wires only. */
    final AtomicInteger freed = new AtomicInteger();

    private final ByteBuf inbox = Unpooled.directBuffer(INBOX_BYTES);

    WirePair(Kind kind) throws IOException {
        this(kind, "");
    }

    /** @param early what the peer has sent before the wire begins; plain wires only */
    WirePair(Kind kind, String early) throws IOException {
        loops = EventLoops.create(kind == Kind.CHANNEL ? Transport.NIO : Transport.EPOLL, 1, "wire");
        loop = (IoEventLoop) loops.group().next();
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = (InetSocketAddress) listener.getLocalSocketAddress();
            wire = switch (kind) {
                case PLAIN -> plain(address, early);
                case CHANNEL -> channel(address);
            };
            peer = listener.accept();
            peer.setSoTimeout(GIVE_UP_MS);
        }
    }

    private Wire plain(InetSocketAddress address, String early) throws IOException {
        var socket = io.netty.channel.unix.Socket.newSocketStream();
        if (!socket.connect(address)) {
            while (!socket.finishConnect()) {
                Thread.onSpinWait();
            }
        }
        ByteBuf read = Unpooled.copiedBuffer(early, java.nio.charset.StandardCharsets.US_ASCII);
        return new PlainWire(socket, new BareLoop(loop, inbox), read, freed::incrementAndGet);
    }

    private Wire channel(InetSocketAddress address) {
        ChannelHandler nothing = new ChannelInboundHandlerAdapter();
        return new NettyWire(new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(nothing)
                .connect(address)
                .syncUninterruptibly()
                .channel());
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

    @Override
    public void close() throws IOException {
        peer.close();
        loops.close();
        inbox.release();
    }
}
