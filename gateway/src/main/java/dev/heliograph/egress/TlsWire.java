package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wire that is a bare TCP socket with BoringSSL's engine above it, after its handshake: what is sent at once is one record, or as few as hold it. Of what the
 * kernel does not take it keeps the rest of one record, and while it does it takes nothing more. The engine is released once, when the last word is said or the
 * connection has gone.
 */
public final class TlsWire implements Wire {
    /** A record with all that TLS puts around it (RFC 8446 §5.2), and what the engine may have to say besides. */
    public static final int SCRATCH_BYTES_MIN = 20 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(TlsWire.class);
    private static final int RECORD_BYTES_MAX = 16 * 1024;
    /** An engine that has more than this to say to a peer that does not read is being played with. */
    private static final int REST_BYTES_MAX = 4 * RECORD_BYTES_MAX;

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final PlainWire below;
    private final BareLoop loop;
    private final int descriptor;
    private final ReferenceCountedOpenSslEngine engine;
    /** Before the start: what was decrypted before. */
    private @Nullable ByteBuf early;
    /** Encrypted, and not taken by the kernel yet. */
    private @Nullable ByteBuf rest;

    private int held;
    /** The peer has taken some of what is held since the last {@link #push}. */
    private boolean moved;

    private boolean fellShort;
    private boolean released;

    /**
     * @param engine made for a handler, so that it reads parts of records; its handshake is done; released here
     * @param early bytes of the peer that were decrypted before; writable, released here
     * @param earlySealed bytes of the peer behind those, as they came; writable, released here
     * @param onClosed run when the descriptor is free again
     */
    public TlsWire(
            Socket socket,
            BareLoop loop,
            ReferenceCountedOpenSslEngine engine,
            ByteBuf early,
            ByteBuf earlySealed,
            Runnable onClosed) {
        this.below = new PlainWire(socket, loop, earlySealed, onClosed);
        this.loop = loop;
        this.descriptor = socket.intValue();
        this.engine = engine;
        this.early = early;
    }

    @Override
    public @Nullable InetSocketAddress peer() {
        return below.peer();
    }

    @Override
    public int order() {
        return below.order();
    }

    @Override
    public void start(Receiver receiver) {
        below.start(new Opening(receiver));
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        if (released) {
            return length;
        }
        int taken = 0;
        try {
            while (taken < length && rest == null) {
                int record = Math.min(length - taken, RECORD_BYTES_MAX);
                seal(bytes.internalNioBuffer(from + taken, record));
                taken += record;
            }
        } catch (SSLException e) {
            return fail(e, length);
        }
        fellShort |= taken < length;
        return taken;
    }

    /** As with a socket that has failed: it takes everything, and the receiver learns of it later, as this may be the middle of a pass over many. */
    private int fail(SSLException e, int length) {
        LOG.debug("a record was not made: {}", e.toString());
        release();
        loop.eventLoop().execute(() -> below.close());
        return length;
    }

    /** Encrypts and sends all of it, at most one record, behind what the engine itself has to say. */
    private void seal(ByteBuffer plain) throws SSLException {
        do {
            if (wrap(plain).getStatus() != Status.OK) {
                throw new SSLException("the engine takes no more");
            }
        } while (plain.hasRemaining());
    }

    /** Sends what the engine itself has to say. */
    private void answer() throws SSLException {
        while (wrap(NOTHING).bytesProduced() > 0) {
            // there may be more
        }
    }

    private SSLEngineResult wrap(ByteBuffer plain) throws SSLException {
        ByteBuf sealed = loop.sealed().clear();
        SSLEngineResult result = engine.wrap(plain, sealed.internalNioBuffer(0, sealed.capacity()));
        if (result.bytesProduced() > 0) {
            pass(sealed.writerIndex(result.bytesProduced()));
        }
        return result;
    }

    /** Sends what is encrypted, behind what waits already, and keeps what the kernel does not take. */
    private void pass(ByteBuf sealed) throws SSLException {
        if (rest == null) {
            int sent = Math.max(0, loop.call().send(descriptor, sealed, 0, sealed.readableBytes()));
            if (sent < sealed.readableBytes()) { // which the wire below has to know, or knows the reason of
                sent += below.send(sealed, sent, sealed.readableBytes() - sent);
            }
            if (sent < sealed.readableBytes()) {
                sealed.skipBytes(sent);
                rest = Unpooled.directBuffer(sealed.readableBytes()).writeBytes(sealed);
                tellHeld();
            }
        } else if (rest.readableBytes() + sealed.readableBytes() <= REST_BYTES_MAX) {
            rest.writeBytes(sealed);
            tellHeld();
        } else {
            throw new SSLException("the engine has too much to say to a peer that does not read");
        }
    }

    /** Whether nothing waits any more. */
    private boolean flushRest() {
        ByteBuf waiting = rest;
        if (waiting != null) {
            int sent = below.send(waiting, waiting.readerIndex(), waiting.readableBytes());
            waiting.skipBytes(sent);
            moved |= sent > 0;
            tellHeld();
            if (waiting.isReadable()) {
                return false;
            }
            dropRest();
        }
        return true;
    }

    @Override
    public boolean push() {
        flushRest();
        boolean was = moved;
        moved = false;
        return was;
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        if (!released) {
            byte[] last = lastWords(lastFrame);
            release();
            below.close(last);
        }
    }

    /** What waits, the last frame, and TLS's own goodbye, which tells the peer that it has got all. */
    private byte[] lastWords(byte @Nullable [] lastFrame) {
        if (rest == null) {
            rest = Unpooled.buffer();
        }
        ByteBuf words = rest;
        try {
            if (lastFrame != null) {
                seal(ByteBuffer.wrap(lastFrame));
            }
            engine.closeOutbound();
            answer();
        } catch (SSLException e) {
            LOG.debug("no goodbye: {}", e.toString());
        }
        byte[] bytes = new byte[words.readableBytes()];
        words.readBytes(bytes);
        return bytes;
    }

    private void release() {
        if (!released) {
            released = true;
            engine.release();
            dropRest();
            dropEarly();
        }
    }

    private void dropRest() {
        if (rest != null) {
            rest.release();
            rest = null;
            tellHeld();
        }
    }

    private void tellHeld() {
        int now = rest == null ? 0 : rest.readableBytes();
        loop.onHeld().accept(now - held);
        held = now;
    }

    private void dropEarly() {
        if (early != null) {
            early.release();
            early = null;
        }
    }

    /** What comes from the peer, on its way up. */
    private final class Opening implements Receiver {
        private final Receiver above;

        Opening(Receiver above) {
            this.above = above;
        }

        @Override
        public void onOpen() {
            above.onOpen();
            if (early != null && early.isReadable()) {
                pass(early);
            }
            dropEarly();
            open(NOTHING);
        }

        @Override
        public void onBytes(ByteBuf sealed) {
            open(sealed.internalNioBuffer(sealed.readerIndex(), sealed.readableBytes()));
        }

        private void open(ByteBuffer sealed) {
            try {
                boolean more = true;
                while (more && !released) {
                    more = unwrap(sealed);
                }
            } catch (SSLException e) {
                LOG.debug("a record could not be read: {}", e.toString());
                release();
                below.close();
            }
        }

        /** Whether there is more to be had. */
        private boolean unwrap(ByteBuffer sealed) throws SSLException {
            ByteBuf opened = loop.opened().clear();
            SSLEngineResult result = engine.unwrap(sealed, opened.internalNioBuffer(0, opened.capacity()));
            if (result.bytesProduced() > 0) {
                pass(opened.writerIndex(result.bytesProduced()));
            }
            if (released) {
                return false;
            }
            if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                answer();
            }
            if (result.getStatus() == Status.CLOSED) {
                release();
                below.close();
                return false;
            }
            boolean progress = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
            return progress && (sealed.hasRemaining() || result.getStatus() == Status.BUFFER_OVERFLOW);
        }

        /** Whatever comes of it, the records behind must be decrypted too, or none could be after them. */
        private void pass(ByteBuf opened) {
            try {
                above.onBytes(opened);
            } catch (RuntimeException | OutOfMemoryError e) {
                above.onFault(e);
            }
        }

        @Override
        public void onWritable() {
            if (flushRest() && fellShort) {
                fellShort = false;
                above.onWritable();
            }
        }

        @Override
        public void onFault(Throwable cause) {
            above.onFault(cause);
        }

        @Override
        public void onGone() {
            release();
            above.onGone();
        }
    }
}
