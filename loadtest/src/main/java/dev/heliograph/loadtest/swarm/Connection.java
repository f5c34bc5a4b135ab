package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.Endpoint;
import dev.heliograph.loadtest.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket as a bare handle on an epoll loop: no channel, no pipeline, and no buffer of its own while whole frames come
 * and what is sent is taken. Confined to its loop.
 *
 * <pre>
 *   CONNECTING ── TCP is there ──▶ UPGRADING ── 101 ──▶ OPEN ── end, error or close ──▶ CLOSED
 * </pre>
 */
final class Connection implements EpollIoHandle {
    private static final EpollIoOps READ = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP);
    private static final byte[] NOTHING = {};
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_BYTES_MAX = 16 * 1024;
    private static final int FRAME_BYTES_MAX = 16 * 1024 * 1024;
    private static final int UNSENT_BYTES_MAX = 64 * 1024 * 1024;
    private static final int SHOWN = 200;

    private enum State {
        CONNECTING,
        UPGRADING,
        OPEN,
        CLOSED
    }

    private final Socket socket = Socket.newSocketStream();
    private final Endpoint endpoint;
    private final LoopBuffers buffers;
    private final Peer peer;
    private State state = State.CONNECTING;
    private @Nullable IoRegistration registration;
    private byte[] left = NOTHING;
    private @Nullable ByteBuf unsent;

    Connection(Endpoint endpoint, LoopBuffers buffers, Peer peer) {
        this.endpoint = endpoint;
        this.buffers = buffers;
        this.peer = peer;
    }

    /** Begins to connect, from {@code source} if there is one. */
    void open(IoEventLoop loop, @Nullable InetAddress source) {
        assert loop.inEventLoop();
        try {
            socket.setTcpNoDelay(true);
            if (source != null) {
                socket.bind(new InetSocketAddress(source, 0));
            }
            boolean connected = socket.connect(endpoint.address());
            registration = Objects.requireNonNull(loop.register(this).getNow(), "no registration");
            if (connected) {
                upgrade();
            } else {
                watch(EpollIoOps.EPOLLOUT);
            }
        } catch (IOException e) {
            lose("cannot connect to " + endpoint.address() + ": " + e.getMessage());
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration ours, IoEvent event) {
        if (state == State.CLOSED) {
            return;
        }
        EpollIoOps ops = ((EpollIoEvent) event).ops();
        try {
            if (state == State.CONNECTING) {
                if (socket.finishConnect()) {
                    upgrade();
                }
                return;
            }
            if (ops.contains(EpollIoOps.EPOLLOUT)) {
                flush();
            }
            if (!ops.equals(EpollIoOps.EPOLLOUT)) {
                read();
            }
        } catch (IOException e) {
            lose(String.valueOf(e.getMessage()));
        }
    }

    private void upgrade() throws IOException {
        state = State.UPGRADING;
        watch(READ);
        write(endpoint.upgrade());
    }

    private void read() throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        int read = buffers.read(socket, left);
        if (read < 0) {
            lose("the gateway ended the connection");
        } else if (read > 0) {
            byte[] bytes = buffers.bytes();
            int to = left.length + read;
            int at = state == State.UPGRADING ? readAnswer(bytes, to) : 0;
            at = state == State.OPEN ? readFrames(bytes, at, to) : at;
            left = at == to ? NOTHING : Arrays.copyOfRange(bytes, at, to);
        }
    }

    /** Where the frames begin; 0 while the answer's head is not whole. */
    private int readAnswer(byte[] bytes, int to) {
        int end = 0;
        while (end <= to - HEAD_END.length
                && !Arrays.equals(bytes, end, end + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
            end++;
        }
        if (end > to - HEAD_END.length) {
            if (to > HEAD_BYTES_MAX) {
                lose("the answer to the upgrade has no end");
            }
            return 0;
        }
        String head = new String(bytes, 0, end, StandardCharsets.US_ASCII);
        if (head.startsWith("HTTP/1.1 101 ") && head.contains(Frames.ACCEPT)) {
            state = State.OPEN;
        } else {
            lose("the upgrade was refused: " + head.lines().findFirst().orElse(""));
        }
        return end + HEAD_END.length;
    }

    /** Handles whole frames; returns where the first that is not whole begins. */
    private int readFrames(byte[] bytes, int from, int to) throws IOException {
        int at = from;
        while (state == State.OPEN) {
            int header = Frames.headerBytes(bytes, at, to);
            if (header == 0) {
                return at;
            }
            long payload = Frames.payloadBytes(bytes, at);
            if (payload > FRAME_BYTES_MAX || !Frames.isWhole(bytes, at)) {
                lose("a frame of " + payload + " bytes or a fragment: expected whole messages up to "
                        + FRAME_BYTES_MAX);
                return to;
            }
            int end = at + header + (int) payload;
            if (end > to) {
                return at;
            }
            onFrame(Frames.opcode(bytes, at), bytes, at + header, end);
            at = end;
        }
        return to;
    }

    private void onFrame(int opcode, byte[] bytes, int from, int to) throws IOException {
        switch (opcode) {
            case Frames.TEXT -> peer.onText(bytes, from, to);
            case Frames.PING -> write(Frames.encode(Frames.PONG, Arrays.copyOfRange(bytes, from, to)));
            case Frames.CLOSE -> lose("the gateway closed: " + closeReason(bytes, from, to));
            default -> lose("a frame with opcode " + opcode);
        }
    }

    private static String closeReason(byte[] bytes, int from, int to) {
        if (to - from < 2) {
            return "no code";
        }
        int code = ((bytes[from] & 0xff) << 8) | (bytes[from + 1] & 0xff);
        return code + " " + text(bytes, from + 2, to);
    }

    /** A message's beginning, to be shown. */
    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, Math.min(to - from, SHOWN), StandardCharsets.UTF_8);
    }

    /** Sends a text message; what the kernel does not take now goes when it can. */
    void send(byte[] text) {
        try {
            write(Frames.encode(Frames.TEXT, text));
        } catch (IOException e) {
            lose(String.valueOf(e.getMessage()));
        }
    }

    private void write(byte[] bytes) throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        if (unsent != null) {
            unsent.discardSomeReadBytes().writeBytes(bytes);
            if (unsent.readableBytes() > UNSENT_BYTES_MAX) {
                lose("the gateway takes nothing: more than " + UNSENT_BYTES_MAX + " bytes wait");
            }
            return;
        }
        ByteBuf waiting = Unpooled.wrappedBuffer(bytes);
        buffers.send(socket, waiting);
        if (waiting.isReadable()) {
            unsent = Unpooled.buffer().writeBytes(waiting);
            watch(READ.with(EpollIoOps.EPOLLOUT));
        }
    }

    private void flush() throws IOException {
        if (unsent != null) {
            buffers.send(socket, unsent);
            if (!unsent.isReadable()) {
                unsent = null;
                watch(READ);
            }
        }
    }

    private void watch(EpollIoOps ops) {
        Objects.requireNonNull(registration).submit(ops);
    }

    private void lose(String why) {
        if (state != State.CLOSED) {
            close();
            peer.onLost(why);
        }
    }

    /** Closes without a word. */
    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (registration != null) {
            registration.cancel();
        }
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
            return;
        }
    }
}
