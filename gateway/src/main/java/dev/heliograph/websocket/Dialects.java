package dev.heliograph.websocket;

import dev.heliograph.http.Request;
import dev.heliograph.protocol.codec.FrameLimits;
import dev.heliograph.protocol.codec.FrameRules;
import dev.heliograph.protocol.codec.MessageDeflater;
import dev.heliograph.protocol.codec.MessageInflater;
import dev.heliograph.protocol.codec.WireFormat;
import org.jspecify.annotations.Nullable;

/**
 * What is agreed with a client about its frames: plain ones, or also compressed ones where it offers that and the operator wants it. Holds the zlib streams of
 * all connections. Any thread.
 */
public final class Dialects implements AutoCloseable {

    /**
     * What was agreed with one client.
     *
     * @param format of what it is sent
     * @param rules for what it sends
     * @param extensions the answer to its offers; null if none is accepted
     */
    record Dialect(
            WireFormat format, FrameRules rules, @Nullable String extensions) {}

    private final Dialect plain;
    private final @Nullable MessageDeflater deflater;
    private final MessageInflater inflater = new MessageInflater();
    private final WireFormat deflated;
    private final FrameRules inflating;

    private Dialects(WireFormat plain, WireFormat deflated, FrameLimits limits, @Nullable MessageDeflater deflater) {
        this.plain = new Dialect(plain, FrameRules.plain(limits), null);
        this.deflater = deflater;
        this.deflated = deflated;
        this.inflating = new FrameRules(limits, inflater);
    }

    /** No compression, whatever is offered. */
    public static Dialects plain(WireFormat format, FrameLimits limits) {
        return new Dialects(format, format, limits, null);
    }

    /**
     * @param otherIndex tells the compressed format from all others of the gateway
     * @param deflater closed with this
     */
    public static Dialects compressing(
            WireFormat format, int otherIndex, FrameLimits limits, MessageDeflater deflater) {
        return new Dialects(format, format.deflated(otherIndex, deflater), limits, deflater);
    }

    /** @param request without {@link Handshake#fault} */
    Dialect choose(Request request) {
        String extensions = deflater == null ? null : Deflate.answer(Handshake.extensions(request));
        return extensions == null ? plain : new Dialect(deflated, inflating, extensions);
    }

    /** Gives the zlib streams' memory back; for when the loops have ended. */
    @Override
    public void close() {
        inflater.close();
        if (deflater != null) {
            deflater.close();
        }
    }
}
