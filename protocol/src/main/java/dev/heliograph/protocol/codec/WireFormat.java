package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A codec together with its framing: how a message looks on one kind of wire, whole frames included. A publication is encoded once per wire
 * format, for every receiver on every event loop. Immutable; any thread.
 */
public final class WireFormat {
    private final int index;
    private final Codec codec;
    private final UnaryOperator<byte[]> framing;
    private final Function<Publication, byte[]> encoder;

    /**
     * @param index tells this format from all others of the gateway; small, from 0
     * @param framing turns an encoded message into whole frames
     */
    public WireFormat(int index, Codec codec, UnaryOperator<byte[]> framing) {
        this(index, codec, framing, publication -> framing.apply(codec.encode(publication)));
    }

    private WireFormat(int index, Codec codec, UnaryOperator<byte[]> framing, Function<Publication, byte[]> encoder) {
        this.index = index;
        this.codec = codec;
        this.framing = framing;
        this.encoder = encoder;
    }

    /**
     * The same for clients that can inflate. A publication is compressed once, and looks as in this format, with the same bytes, where that does not pay.
     * Messages to one client are not compressed: they serve nobody else, and no client makes the gateway compress by asking.
     */
    public WireFormat deflated(int otherIndex, MessageDeflater deflater) {
        return new WireFormat(otherIndex, codec, framing, publication -> {
            byte[] encoded = codec.encode(publication);
            byte[] frame = deflater.frame(encoded);
            return frame != null ? frame : publication.image(index, _ -> framing.apply(encoded));
        });
    }

    public Codec codec() {
        return codec;
    }

    /** The frames of a publication: shared, never to be changed. */
    public byte[] image(Publication publication) {
        return publication.image(index, encoder);
    }

    /** The frames of a message to one client. */
    public byte[] image(ServerMessage message, long nowMs) {
        return framing.apply(codec.encode(message, nowMs));
    }
}
