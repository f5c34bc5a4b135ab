package dev.heliograph.http;

import dev.heliograph.metrics.HttpRefusal;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The body of one request as it arrives, within its route's bound and the room that all bodies share. Event loop; {@link #release} on any thread. */
final class Body {
    private static final int FIRST_BYTES = 1_024;
    private static final byte[] NONE = new byte[0];

    private final BodyLimits limits;
    private final BodyRoom room;
    private final int expected;
    private byte[] bytes = NONE;
    private int length;

    /** @throws Refused if the declared length alone is over the bound */
    Body(RequestHead head, BodyLimits limits, BodyRoom room) throws Refused {
        this.limits = limits;
        this.room = room;
        if (head.contentLength() > limits.bytesMax()) {
            throw tooLarge();
        }
        this.expected = (int) head.contentLength();
    }

    void add(ByteBuf content) throws Refused {
        int n = content.readableBytes();
        if (n > limits.bytesMax() - length) {
            throw tooLarge();
        }
        grow(length + n);
        content.readBytes(bytes, length, n);
        length += n;
    }

    private void grow(int needed) throws Refused {
        if (needed <= bytes.length) {
            return;
        }
        int bound = expected > 0 ? expected : limits.bytesMax();
        int size = Math.max(needed, Math.min(bound, Math.max(FIRST_BYTES, 2 * bytes.length)));
        if (!room.take(size - bytes.length)) {
            throw new Refused(HttpRefusal.OVERLOAD, Errors.overloaded("too many request bodies are being read"));
        }
        bytes = Arrays.copyOf(bytes, size);
    }

    /** What arrived; to be called when all has. */
    byte[] whole() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    int length() {
        return length;
    }

    /** Gives the room back, once. */
    void release() {
        room.give(bytes.length);
    }

    private Refused tooLarge() {
        return tooLarge(
                limits,
                limits.bytesMax() == 0
                        ? "a body is not accepted here"
                        : "the body is larger than " + limits.bytesMax() + " bytes");
    }

    static Refused tooLarge(BodyLimits limits, String reason) {
        return new Refused(HttpRefusal.BODY_TOO_LARGE, limits.tooLarge().apply(reason));
    }
}
