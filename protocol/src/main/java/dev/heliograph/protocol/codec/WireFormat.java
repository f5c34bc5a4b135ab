package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An encoder together with its framing: how a message looks on one kind of wire, whole frames included. A publication is encoded once per wire
 * format, for every receiver on every event loop. Immutable; any thread.
 */
public final class WireFormat {
    private static final byte[] FAULT = Frames.close(CloseCode.INTERNAL_ERROR, "internal error");

    private final int index;
    private final Encoder encoder;
    private final UnaryOperator<byte[]> framing;
    private final Function<Publication, byte[]> imaging;
    private final byte @Nullable [] farewell;
    private final byte[] fault;

    /**
     * @param index tells this format from all others of the gateway; small, from 0
     * @param framing turns an encoded message into whole frames
     */
    public WireFormat(int index, Encoder encoder, UnaryOperator<byte[]> framing) {
        this(index, encoder, framing, null, FAULT, publication -> framing.apply(encoder.encode(publication)));
    }

    /** @param farewell the last frame for a client that has lost something, since the encoder cannot tell it */
    public WireFormat(int index, Encoder encoder, UnaryOperator<byte[]> framing, byte[] farewell) {
        this(index, encoder, framing, farewell, FAULT, publication -> framing.apply(encoder.encode(publication)));
    }

    private WireFormat(
            int index,
            Encoder encoder,
            UnaryOperator<byte[]> framing,
            byte @Nullable [] farewell,
            byte[] fault,
            Function<Publication, byte[]> imaging) {
        this.index = index;
        this.encoder = encoder;
        this.framing = framing;
        this.farewell = farewell;
        this.fault = fault;
        this.imaging = imaging;
    }

    /**
     * The same for clients that can inflate. A publication is compressed once, and looks as in this format, with the same bytes, where that does not pay.
     * Messages to one client are not compressed: they serve nobody else, and no client makes the gateway compress by asking.
     */
    public WireFormat deflated(int otherIndex, MessageDeflater deflater) {
        return new WireFormat(otherIndex, encoder, framing, farewell, fault, publication -> {
            byte[] encoded = encoder.encode(publication);
            byte[] frame = deflater.frame(encoded);
            return frame != null ? frame : publication.image(index, _ -> framing.apply(encoded));
        });
    }

    /** The same for connections that are not WebSockets: this ends one that meets a fault of the gateway's. */
    public WireFormat failingBy(byte[] lastFrame) {
        return new WireFormat(index, encoder, framing, farewell, lastFrame, imaging);
    }

    /** The frames of a publication: shared, never to be changed. */
    public byte[] image(Publication publication) {
        return publication.image(index, imaging);
    }

    /** The frames of a message to one client. */
    public byte[] frame(byte[] encoded) {
        return framing.apply(encoded);
    }

    /** Whether a client can be told that it has lost something; one that cannot is sent {@link #farewell}. */
    public boolean tellsLosses() {
        return farewell == null;
    }

    /** The last frame for a client that has lost something and cannot be told; null where it can be. */
    public byte @Nullable [] farewell() {
        return farewell;
    }

    /** The last frame for a client whose connection meets a fault of the gateway's. */
    public byte[] fault() {
        return fault;
    }

    /** The frames that tell one client what becomes of its publications; null: its protocol has no word for it. */
    public byte @Nullable [] notice(ServerMessage.Notice notice, long nowMs) {
        byte[] encoded = encoder.notice(notice, nowMs);
        return encoded == null ? null : framing.apply(encoded);
    }
}
