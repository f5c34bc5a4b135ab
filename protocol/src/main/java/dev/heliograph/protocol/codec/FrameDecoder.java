package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads one client's WebSocket frames (RFC 6455 section 5) out of the bytes its socket delivers and refuses the first that breaks a rule;
 * no binary messages, and compressed ones (RFC 7692) only where the rules say so.
 *
 * <p>Confined to the event loop of its connection. Bounded by {@link FrameLimits}, a compressed message both as it comes and as it becomes; between messages it
 * is 48 bytes (fewer with compact object headers) and refers to nothing but the rules. It unmasks in place, so the input must be writable, and never keeps or releases it.
 *
 * <pre>
 *  START                      LENGTH_7               LENGTH_16, LENGTH_64        MASK           PAYLOAD
 * +-----+------+----------+  +------+-----------+  +-------------------------+  +-----------+  +---------+
 * | FIN | RSV  |  opcode  |  | MASK |  length   |  | length if it was 126    |  |  key      |  | masked  |
 * | (1) | (3)  |   (4)    |  | (1)  |   (7)     |  | (16) or if 127 (64)     |  |  (32)     |  |         |
 * +-----+------+----------+  +------+-----------+  +-------------------------+  +-----------+  +---------+
 * </pre>
 */
public final class FrameDecoder {

    /** Takes what a client sent. A buffer is valid, and belongs to the reader, during the call only. */
    public interface Sink {
        /** A whole text message, which is valid UTF-8. */
        void onText(ByteBuf utf8);

        /** A ping, to be answered with {@link Frames#pong}. */
        void onPing(ByteBuf payload);

        /** A pong, asked for or not. */
        void onPong(ByteBuf payload);

        /** The client's Close, after which nothing more is read; the code is {@link Frames#NO_STATUS} if it gave none. */
        void onClose(int code, String reason);
    }

    private enum Part {
        START,
        LENGTH_7,
        LENGTH_16,
        LENGTH_64,
        MASK,
        PAYLOAD,
        CLOSED
    }

    private static final int RSV = 0x70;
    private static final int OPCODE = 0x0F;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7F;
    private static final int CONTROL = 0x08;

    private final FrameRules rules;
    private Part part = Part.START;
    /** FIN, RSV1 and opcode of the current frame. */
    private byte start;
    /** Bytes still to come of the length or the key. */
    private byte missing;
    /** As {@link Mask} wants it. */
    private int maskKey;
    /** Payload bytes still to come of the current frame. */
    private long left;

    private @Nullable UnfinishedText message;
    private byte @Nullable [] control;

    public FrameDecoder(FrameRules rules) {
        this.rules = rules;
    }

    /**
     * Reads all of {@code in}, whatever happens. After a {@link FrameException}, and after anything a sink throws, the decoder is closed.
     *
     * @param nowNanos {@link System#nanoTime} of this read; the age of a message counts from the read that completed its first header
     */
    public void decode(ByteBuf in, long nowNanos, Sink sink) throws FrameException {
        boolean intact = false;
        try {
            while (part != Part.CLOSED && in.isReadable()) {
                read(in, nowNanos, sink);
            }
            intact = true;
        } finally {
            in.readerIndex(in.writerIndex());
            if (!intact) {
                close();
            }
        }
    }

    /** Ignores everything from here on, also the rest of a read that is under way; for sinks that end the connection. */
    public void close() {
        part = Part.CLOSED;
        message = null;
        control = null;
    }

    /** Refuses a message that has been arriving for longer than the limit; the sweep over connections asks this now and then. */
    public void checkOverdue(long nowNanos) throws FrameException {
        UnfinishedText late = message;
        long timeoutMs = limits().messageTimeoutMs();
        if (late != null && late.ageNanos(nowNanos) > TimeUnit.MILLISECONDS.toNanos(timeoutMs)) {
            close();
            throw new FrameException(CloseCode.POLICY_VIOLATION, "message not finished within " + timeoutMs + " ms");
        }
    }

    private void read(ByteBuf in, long nowNanos, Sink sink) throws FrameException {
        switch (part) {
            case START -> readStart(in.readByte());
            case LENGTH_7 -> readLength7(in.readByte());
            case LENGTH_16 -> readLength(in.readUnsignedByte(), Frames.CONTROL_BYTES_MAX);
            case LENGTH_64 -> readLength(in.readUnsignedByte(), Frames.LENGTH_16_MAX);
            case MASK -> readMaskKey(in, nowNanos, sink);
            case PAYLOAD -> readPayload(in, nowNanos, sink);
            case CLOSED -> throw new IllegalStateException("read after close");
        }
    }

    private void readStart(byte octet) throws FrameException {
        int opcode = octet & OPCODE;
        if ((octet & RSV) != 0) {
            requireCompressible(octet & RSV, opcode);
        }
        switch (opcode) {
            case Frames.OPCODE_CONTINUATION -> requireContinued();
            case Frames.OPCODE_TEXT, Frames.OPCODE_BINARY -> requireStartable(opcode);
            case Frames.OPCODE_CLOSE, Frames.OPCODE_PING, Frames.OPCODE_PONG -> {
                if ((octet & Frames.FIN) == 0) {
                    throw FrameException.protocolError("control frames must not be fragmented");
                }
            }
            default -> throw FrameException.protocolError("reserved opcode " + opcode);
        }
        start = octet;
        part = Part.LENGTH_7;
    }

    private void requireCompressible(int rsv, int opcode) throws FrameException {
        if (rules.inflater() == null) {
            throw FrameException.protocolError("reserved bits are set, but no extension was negotiated");
        }
        if (rsv != Frames.RSV1 || (opcode != Frames.OPCODE_TEXT && opcode != Frames.OPCODE_BINARY)) {
            throw FrameException.protocolError("only RSV1 may be set, and only in the first frame of a message");
        }
    }

    private void requireContinued() throws FrameException {
        if (message == null) {
            throw FrameException.protocolError("continuation frame outside a message");
        }
        if (message.addFragment() > limits().fragmentsMax()) {
            throw FrameException.tooBig("message of more than " + limits().fragmentsMax() + " fragments");
        }
    }

    private void requireStartable(int opcode) throws FrameException {
        if (message != null) {
            throw FrameException.protocolError("new data frame inside a fragmented message");
        }
        if (opcode == Frames.OPCODE_BINARY) {
            throw new FrameException(CloseCode.UNSUPPORTED_DATA, "binary messages are not supported, send text");
        }
    }

    private void readLength7(byte octet) throws FrameException {
        if ((octet & MASKED) == 0) {
            throw FrameException.protocolError("client frames must be masked");
        }
        int length = octet & LENGTH;
        if (isControl()) {
            requireControlLength(length);
        }
        left = 0;
        switch (length) {
            case Frames.LENGTH_IN_16_BITS -> expect(Part.LENGTH_16, Short.BYTES);
            case Frames.LENGTH_IN_64_BITS -> expect(Part.LENGTH_64, Long.BYTES);
            default -> acceptLength(length);
        }
    }

    private void requireControlLength(int length) throws FrameException {
        if (length > Frames.CONTROL_BYTES_MAX) {
            throw FrameException.protocolError("control frame of more than " + Frames.CONTROL_BYTES_MAX + " bytes");
        }
        if (length == 1 && opcode() == Frames.OPCODE_CLOSE) {
            throw FrameException.protocolError("close payload of 1 byte, expected none or a code of 2");
        }
    }

    private void readLength(int octet, int shorterFormMax) throws FrameException {
        left = (left << Byte.SIZE) | octet;
        if (--missing > 0) {
            return;
        }
        if (left < 0) {
            throw FrameException.protocolError("length with its top bit set");
        }
        if (left <= shorterFormMax) {
            throw FrameException.protocolError("length " + left + " not in its shortest form");
        }
        acceptLength(left);
    }

    private void acceptLength(long length) throws FrameException {
        if (length > limits().frameBytesMax()) {
            throw FrameException.tooBig("frame of " + length + " bytes, at most " + limits().frameBytesMax());
        }
        if (!isControl() && message != null && length > limits().messageBytesMax() - message.size()) {
            throw FrameException.tooBig("message of more than " + limits().messageBytesMax() + " bytes");
        }
        left = length;
        expect(Part.MASK, Integer.BYTES);
    }

    private void expect(Part next, int bytes) {
        part = next;
        missing = (byte) bytes;
    }

    private void readMaskKey(ByteBuf in, long nowNanos, Sink sink) throws FrameException {
        maskKey = (maskKey >>> Byte.SIZE) | (in.readByte() << (3 * Byte.SIZE));
        if (--missing == 0) {
            part = Part.PAYLOAD;
            readPayload(in, nowNanos, sink);
        }
    }

    private void readPayload(ByteBuf in, long nowNanos, Sink sink) throws FrameException {
        int length = (int) Math.min(left, in.readableBytes());
        maskKey = Mask.remove(maskKey, in, in.readerIndex(), length);
        left -= length;
        if (isControl()) {
            readControl(in, length, sink);
        } else if (message == null && left == 0 && isFinal()) {
            readWholeText(in, length, sink);
        } else {
            readTextPart(in, length, nowNanos, sink);
        }
    }

    private void readWholeText(ByteBuf in, int length, Sink sink) throws FrameException {
        ByteBuf text = in.readSlice(length);
        if (isCompressed()) {
            text = inflate(text);
        }
        if (!Utf8Check.isWhole(text)) {
            throw FrameException.notUtf8();
        }
        part = Part.START;
        sink.onText(text);
    }

    private void readTextPart(ByteBuf in, int length, long nowNanos, Sink sink) throws FrameException {
        UnfinishedText text = message == null ? new UnfinishedText(nowNanos, isCompressed()) : message;
        message = text;
        if (!text.append(in, length, limits().messageBytesMax())) {
            throw FrameException.notUtf8();
        }
        if (left > 0) {
            return;
        }
        part = Part.START;
        if (isFinal()) {
            finishText(text, sink);
        }
    }

    private void finishText(UnfinishedText text, Sink sink) throws FrameException {
        message = null;
        ByteBuf whole = text.isCompressed() ? inflate(text.bytes()) : text.bytes();
        if (text.isCompressed() ? !Utf8Check.isWhole(whole) : !text.isUtf8()) {
            throw FrameException.notUtf8();
        }
        sink.onText(whole);
    }

    private ByteBuf inflate(ByteBuf compressed) throws FrameException {
        MessageInflater inflater = Objects.requireNonNull(rules.inflater());
        return inflater.inflate(compressed, limits().messageBytesMax());
    }

    private void readControl(ByteBuf in, int length, Sink sink) throws FrameException {
        if (control == null && left == 0) {
            finishControl(in.readSlice(length), sink);
            return;
        }
        byte[] payload = control == null ? new byte[length + (int) left] : control;
        control = payload;
        in.readBytes(payload, payload.length - (int) left - length, length);
        if (left == 0) {
            control = null;
            finishControl(Unpooled.wrappedBuffer(payload), sink);
        }
    }

    private void finishControl(ByteBuf payload, Sink sink) throws FrameException {
        part = Part.START;
        switch (opcode()) {
            case Frames.OPCODE_PING -> sink.onPing(payload);
            case Frames.OPCODE_PONG -> sink.onPong(payload);
            default -> finishClose(payload, sink);
        }
    }

    private void finishClose(ByteBuf payload, Sink sink) throws FrameException {
        close();
        ClosePayload close = ClosePayload.read(payload);
        sink.onClose(close.code(), close.reason());
    }

    private FrameLimits limits() {
        return rules.limits();
    }

    private boolean isControl() {
        return (start & CONTROL) != 0;
    }

    private boolean isFinal() {
        return (start & Frames.FIN) != 0;
    }

    private boolean isCompressed() {
        return (start & Frames.RSV1) != 0;
    }

    private int opcode() {
        return start & OPCODE;
    }
}
