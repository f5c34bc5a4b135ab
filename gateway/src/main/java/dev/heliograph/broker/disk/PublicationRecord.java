package dev.heliograph.broker.disk;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.Sender;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A publication as it lies on the disk, or what is left of one that a deletion request removed: its place, so that it counts as seen.
 *
 * <pre>
 *  kind 1 │ offset 8 │ timestamp 8 │ workspace │ channel │ epoch │ of a publication also: name │ key? │ subject 8 │ sender? │ type? │ data
 *                                                                │ of what was removed: whether no client had made it 1
 *  text: length 4, UTF-8.  …?: 0, or 1 and the thing.  sender: client 1 │ user?.  type: meta?
 * </pre>
 *
 * <p>A connection's number is not kept: it is of no use to a gateway in which the connection does not exist.
 *
 * @param publication null: removed
 * @param ofServer whether no client has made it
 */
record PublicationRecord(
        ChannelId channel, Position position, @Nullable Publication publication, boolean ofServer) {
    private static final byte KEPT = 1;
    private static final byte REMOVED = 2;
    private static final int OFFSET_AT = 1;
    private static final int TIMESTAMP_AT = OFFSET_AT + Long.BYTES;
    /** No connection has this number. */
    private static final long NO_CONNECTION = -1;

    /** The draft under that epoch; its place and its time are not in it yet. */
    static byte[] of(Draft draft, String epoch) {
        var out = new Fields(draft.data().length() + 256);
        place(out, KEPT, draft.channel(), new Position(epoch, 0));
        out.text(draft.name());
        out.optional(draft.key());
        out.number(draft.subject());
        Sender sender = draft.sender();
        out.flag(sender != null);
        if (sender != null) {
            out.flag(sender.client());
            out.optional(sender.user());
        }
        OwnType type = draft.ownType();
        out.flag(type != null);
        if (type != null) {
            out.flag(type.meta() != null);
            if (type.meta() != null) {
                out.bytes(type.meta().utf8());
            }
        }
        out.bytes(draft.data().utf8());
        return out.toBytes();
    }

    /** Gives the record its place and its time. */
    static void placeAt(byte[] record, long offset, long timestampMs) {
        ByteBuffer.wrap(record).putLong(OFFSET_AT, offset).putLong(TIMESTAMP_AT, timestampMs);
    }

    /** What is left of it. */
    static byte[] removed(Publication publication) {
        var out = new Fields(256);
        place(out, REMOVED, publication.channel(), publication.position());
        out.flag(publication.isOfServer());
        return out.toBytes();
    }

    private static void place(Fields out, byte kind, ChannelId channel, Position position) {
        out.octet(kind);
        out.number(position.offset());
        out.number(0);
        out.text(channel.workspace());
        out.text(channel.name());
        out.text(position.epoch());
    }

    /** @throws IllegalArgumentException if it is none of this version */
    static PublicationRecord read(byte[] record) {
        try {
            return read(ByteBuffer.wrap(record));
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a record ends too early", e);
        }
    }

    private static PublicationRecord read(ByteBuffer in) {
        byte kind = in.get();
        if (kind != KEPT && kind != REMOVED) {
            throw new IllegalArgumentException("a record of an unknown kind, " + kind);
        }
        long offset = in.getLong();
        long timestampMs = in.getLong();
        var channel = new ChannelId(Fields.text(in), Fields.text(in));
        var position = new Position(Fields.text(in), offset);
        if (kind == REMOVED) {
            return new PublicationRecord(channel, position, null, Fields.flag(in));
        }
        var publication = new Publication(draft(channel, in), position, timestampMs);
        return new PublicationRecord(channel, position, publication, publication.isOfServer());
    }

    private static Draft draft(ChannelId channel, ByteBuffer in) {
        String name = Fields.text(in);
        String key = Fields.optional(in);
        long subject = in.getLong();
        Sender sender = Fields.flag(in) ? new Sender(NO_CONNECTION, Fields.flag(in), Fields.optional(in)) : null;
        OwnType type = Fields.flag(in) ? new OwnType(Fields.flag(in) ? new RawJson(Fields.bytes(in)) : null) : null;
        return new Draft(channel, name, new RawJson(Fields.bytes(in)), key, subject, 0, sender, type);
    }
}
