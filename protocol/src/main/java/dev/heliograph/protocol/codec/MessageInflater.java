package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses whole messages, each on its own (RFC 7692 with {@code client_no_context_takeover}). A message that is larger than it may be is noticed at its
 * first byte too many, whatever it would have become. Any thread; as many inflaters, some 40 KiB each, as threads decompress at once.
 */
public final class MessageInflater implements AutoCloseable {
    /** Most blocks of one message that are marked as the last (RFC 7692 section 7.2.3.4): each costs a new start. */
    static final int RESTARTS_MAX = 128;

    private static final int BYTES_AT_FIRST = 256;
    private static final int RATIO_AT_FIRST = 4;

    /** The rest of the empty block with which every message ends, left out on the wire (RFC 7692 section 7.2.2). */
    private static final byte[] TAIL = {0, 0, -1, -1};
    /** An empty block that is the last. Where it is not read as that, the message broke off inside a block. */
    private static final byte[] END = {1, 0, 0, -1, -1};

    private final ZlibPool<Inflater> inflaters = new ZlibPool<>(() -> new Inflater(true), Inflater::end);

    /**
     * The message.
     *
     * @param compressed its payload as it came, all fragments together; left unread
     * @param bytesMax most bytes it may have; little more than twice that is allocated, in turn, on the way
     * @throws FrameException if it has more, or is not compressed as it should be
     */
    ByteBuf inflate(ByteBuf compressed, int bytesMax) throws FrameException {
        Inflater inflater = inflaters.take();
        try {
            var message = new Message(inflater, bytesMax, compressed.readableBytes());
            message.read(compressed.nioBuffer());
            return Unpooled.wrappedBuffer(message.bytes, 0, message.size);
        } catch (DataFormatException e) {
            throw malformed(String.valueOf(e.getMessage()));
        } finally {
            inflater.reset();
            inflaters.giveBack(inflater);
        }
    }

    private static FrameException malformed(String how) {
        return new FrameException(CloseCode.INVALID_DATA, "compressed message is broken: " + how);
    }

    /** How many inflaters there are. */
    int inflaters() {
        return inflaters.size();
    }

    /** Gives the memory of all inflaters back. */
    @Override
    public void close() {
        inflaters.close();
    }

    /** One message on its way out. */
    private static final class Message {
        private final Inflater inflater;
        private final int bytesMax;
        private byte[] bytes;
        private int size;

        Message(Inflater inflater, int bytesMax, int compressedBytes) {
            this.inflater = inflater;
            this.bytesMax = bytesMax;
            long roomy = Math.max(BYTES_AT_FIRST, (long) RATIO_AT_FIRST * compressedBytes);
            this.bytes = new byte[(int) Math.min(roomy, bytesMax + 1L)];
        }

        void read(ByteBuffer compressed) throws DataFormatException, FrameException {
            inflater.setInput(compressed);
            inflate();
            for (int restarts = 0; inflater.finished(); restarts++) {
                if (restarts == RESTARTS_MAX) {
                    throw malformed("more than " + RESTARTS_MAX + " last blocks");
                }
                inflater.reset();
                inflater.setInput(compressed);
                inflate();
            }
            int whole = size;
            inflater.setInput(TAIL);
            inflate();
            boolean goesOn = !inflater.finished();
            inflater.setInput(END);
            inflate();
            if (size != whole || !goesOn || !inflater.finished() || inflater.getRemaining() > 0) {
                throw malformed("it does not end with a block");
            }
        }

        /** Until all input is used, or a last block is over. */
        private void inflate() throws DataFormatException, FrameException {
            int room;
            int count;
            do {
                room = bytes.length - size;
                count = inflater.inflate(bytes, size, room);
                size += count;
                if (size > bytesMax) {
                    throw FrameException.tooBig("message of more than " + bytesMax + " bytes when decompressed");
                }
                if (size == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(2L * size, bytesMax + 1L));
                }
            } while (count == room);
        }
    }
}
