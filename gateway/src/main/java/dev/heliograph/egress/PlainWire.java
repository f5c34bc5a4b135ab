package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wire that is a bare TCP socket on an epoll loop: no channel, no pipeline, no buffer of its own while it is open.
 *
 * <pre>
 *   OPEN ── close ──► ENDING ── the last frame is out ──► LINGERING ── the peer's end, or 2 s ──► CLOSED
 *     └───────────────── the peer's end, an error, the loop's end ───────────────────────────────────▲
 * </pre>
 */
public final class PlainWire implements Wire, EpollIoHandle {
    private enum State {
        OPEN,
        ENDING,
        LINGERING,
        CLOSED
    }

    private static final Logger LOG = LoggerFactory.getLogger(PlainWire.class);
    private static final EpollIoOps READ = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP);
    private static final EpollIoOps READ_AND_WRITE = READ.with(EpollIoOps.EPOLLOUT);
    /** EPOLLHUP of epoll_ctl(2): both halves have ended. */
    private static final EpollIoOps HUNG_UP = EpollIoOps.valueOf(0x010);

    private static final EpollIoOps FAILED = EpollIoOps.EPOLLERR.with(HUNG_UP);

    private final Socket socket;
    private final BareLoop loop;
    private final Runnable onClosed;
    private @Nullable Receiver receiver;
    private @Nullable IoRegistration registration;
    private State state = State.OPEN;
    private boolean writes;
    private boolean inputEnded;
    /** While open, before the start: what the peer sent early. While ending: what is left of the last frame. */
    private @Nullable ByteBuf rest;

    /**
     * @param socket registered with no loop
     * @param early bytes of the peer that were read before; writable, released here
     * @param onClosed run when the descriptor is free again
     */
    public PlainWire(Socket socket, BareLoop loop, ByteBuf early, Runnable onClosed) {
        this.socket = socket;
        this.loop = loop;
        this.rest = early;
        this.onClosed = onClosed;
    }

    @Override
    public int order() {
        return socket.intValue();
    }

    @Override
    public @Nullable InetSocketAddress peer() {
        return socket.isOpen() ? socket.remoteAddress() : null;
    }

    @Override
    public int bareDescriptor() {
        return socket.intValue();
    }

    @Override
    public void start(Receiver ours) {
        assert loop.eventLoop().inEventLoop();
        receiver = ours;
        try {
            registration = register();
            ours.onOpen();
            receiveEarly(ours);
        } catch (IOException e) {
            LOG.debug("not registered: {}", e.toString());
            close();
        } catch (RuntimeException | OutOfMemoryError e) {
            ours.onFault(e);
        } finally {
            watch();
        }
    }

    private IoRegistration register() throws IOException {
        var registering = loop.eventLoop().register(this);
        if (!registering.isSuccess()) {
            throw new IOException("the loop does not take the socket", registering.cause());
        }
        return registering.getNow();
    }

    private void receiveEarly(Receiver ours) {
        ByteBuf early = rest;
        rest = null;
        if (early != null) {
            try {
                if (early.isReadable()) {
                    ours.onBytes(early);
                }
            } finally {
                early.release();
            }
        }
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        if (state != State.OPEN) {
            return length;
        }
        int taken = write(bytes, from, length);
        if (taken < length && !writes) {
            writes = true;
            watch();
        }
        return taken;
    }

    /** A socket that has failed takes everything. The receiver learns of it later: this may be the middle of a pass over many. */
    private int write(ByteBuf bytes, int from, int length) {
        try {
            return socket.sendAddress(bytes.memoryAddress(), from, from + length);
        } catch (IOException | NotYetConnectedException e) {
            LOG.debug("send failed: {}", e.toString());
            loop.eventLoop().execute(this::close);
            return length;
        }
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        if (state != State.OPEN) {
            return;
        }
        state = State.ENDING;
        dropRest();
        if (lastFrame != null) {
            rest = Unpooled.directBuffer(lastFrame.length).writeBytes(lastFrame);
        }
        loop.eventLoop().schedule(() -> close(), CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        end();
    }

    private void end() {
        ByteBuf last = rest;
        if (last != null) {
            last.skipBytes(write(last, last.readerIndex(), last.readableBytes()));
        }
        writes = last != null && last.isReadable();
        if (!writes) {
            dropRest();
            sayNoMore();
        }
        watch();
    }

    /** Ends our half only: a close with input unread would be a reset, and the peer would never see the last frame. */
    private void sayNoMore() {
        state = State.LINGERING;
        try {
            socket.shutdown(false, true);
        } catch (IOException | NotYetConnectedException e) {
            LOG.debug("shutdown failed: {}", e.toString());
            inputEnded = true;
        }
        if (inputEnded) {
            loop.eventLoop().execute(this::close);
        }
    }

    private void watch() {
        IoRegistration ours = registration;
        if (ours != null && state != State.CLOSED) {
            ours.submit(inputEnded ? writes ? EpollIoOps.EPOLLOUT : EpollIoOps.NONE : writes ? READ_AND_WRITE : READ);
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration ours, IoEvent event) {
        EpollIoOps ops = ((EpollIoEvent) event).ops();
        Receiver to = receiver;
        if (state == State.CLOSED || to == null) {
            return;
        }
        try {
            if (ops.contains(EpollIoOps.EPOLLOUT)) {
                onWritable(to);
            }
            if (!ops.equals(EpollIoOps.EPOLLOUT)) {
                onReadable(to, ops);
            }
        } catch (IOException e) {
            LOG.debug("read failed: {}", e.toString());
            close();
        } catch (RuntimeException | OutOfMemoryError e) {
            to.onFault(e);
        }
    }

    private void onWritable(Receiver to) {
        if (state == State.ENDING) {
            end();
        } else if (writes) {
            writes = false;
            to.onWritable();
            if (!writes) {
                watch();
            }
        }
    }

    /** One read a turn, however much there is, so that no peer keeps the others waiting. */
    private void onReadable(Receiver to, EpollIoOps ops) throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        ByteBuf inbox = loop.inbox();
        int read = socket.recvAddress(inbox.memoryAddress(), 0, inbox.capacity());
        if (read > 0) {
            if (state == State.OPEN) {
                to.onBytes(inbox.setIndex(0, read));
            }
        } else if (read < 0 && state == State.ENDING && !ops.contains(FAILED)) {
            inputEnded = true; // it may still read what we have to say
            watch();
        } else if (read < 0 || ops.contains(FAILED)) {
            close();
        }
    }

    /** At once, and without a word; called by the loop too, when it ends. */
    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (registration != null) {
            registration.cancel();
        }
        dropRest();
        try {
            if (receiver != null) {
                receiver.onGone(); // before the descriptor is anyone else's
            }
        } finally {
            free();
        }
    }

    private void free() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("close failed: {}", e.toString());
        }
        onClosed.run();
    }

    private void dropRest() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }
}
