package dev.heliograph.broker.disk;

import dev.heliograph.broker.memory.HeldChannel;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.store.StoreMap;
import dev.heliograph.store.StoreQueue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/**
 * The durable twin of one channel's log: it gives a publication its offset, keeps its record, and gives up what the log in memory gave up. While it has a record, the
 * newest says how far the channel has come; when it has none, its position does, so that no offset is given twice. Confined to the store's thread.
 */
final class KeptChannel {
    /** The log in memory is looked at once in so many publications, for what it has given up. */
    private static final int TRIM_EVERY = 64;

    private final ChannelId id;
    private final String epoch;
    private final HeldChannel memory;
    private final Shelf shelf;
    private final RecordNumbers numbers = new RecordNumbers();
    private long top;
    /** Of the record that is older than the others and kept for those who come; 0: there is none. */
    private long asideOffset;

    private long asideNumber;

    /** Where all channels have what they keep. */
    record Shelf(StoreQueue records, StoreMap positions) {}

    KeptChannel(ChannelId id, Position top, HeldChannel memory, Shelf shelf) {
        this.id = id;
        this.epoch = top.epoch();
        this.top = top.offset();
        this.memory = memory;
        this.shelf = shelf;
    }

    ChannelId id() {
        return id;
    }

    String epoch() {
        return epoch;
    }

    HeldChannel memory() {
        return memory;
    }

    /** Takes up a record that lies there; those of a channel come in their order. A gap is nothing that anybody could have filled. */
    void onRestored(long offset, long number) {
        if (offset != top + 1) {
            discardAllButOne(memory.beside());
        }
        top = offset;
        numbers.add(offset, number);
    }

    /** Takes up a position that was noted when no record was left. */
    void onRestored(long offset) {
        if (offset > top) {
            discardAllButOne(memory.beside());
            top = offset;
        }
    }

    /** Keeps the record and returns its offset. */
    long onAppend(byte[] record, long timestampMs) {
        if ((top & (TRIM_EVERY - 1)) == 0) {
            onTrim();
        }
        PublicationRecord.placeAt(record, ++top, timestampMs);
        numbers.add(top, shelf.records().append(record));
        return top;
    }

    /** Gives up what the log in memory does not hold any more. */
    void onTrim() {
        long first = memory.first();
        long beside = memory.beside();
        boolean removed = false;
        for (; !numbers.isEmpty() && numbers.first() < first; removed = true) {
            removeFirst(beside);
        }
        if (asideOffset != 0 && asideOffset != beside) {
            dropAside();
        }
        if (removed && numbers.isEmpty()) {
            shelf.positions().put(key(), position(new Position(epoch, top)));
        }
    }

    private void removeFirst(long beside) {
        long offset = numbers.first();
        long number = numbers.removeFirst();
        if (offset == beside) {
            dropAside();
            asideOffset = offset;
            asideNumber = number;
        } else {
            shelf.records().remove(number);
        }
    }

    private void dropAside() {
        if (asideOffset != 0) {
            shelf.records().remove(asideNumber);
            asideOffset = 0;
        }
    }

    /** Removes what is kept about a person, in memory and here; returns how many publications. */
    long onPurge(long subject) {
        var removed = new ArrayList<Publication>(); // nobody waits for the disk behind the channel's lock
        memory.purge(subject, removed::add);
        for (Publication each : removed) {
            shelf.records().replace(numbers.of(each.offset()), PublicationRecord.removed(each));
        }
        onTrim();
        return removed.size();
    }

    /** The channel has been given up. */
    void onForget() {
        discardAllButOne(0);
        shelf.positions().remove(key());
    }

    private void discardAllButOne(long offset) {
        while (!numbers.isEmpty()) {
            removeFirst(offset);
        }
        if (asideOffset != offset) {
            dropAside();
        }
    }

    private String key() {
        return id.toString();
    }

    private static byte[] position(Position position) {
        byte[] epoch = position.epoch().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + epoch.length)
                .putLong(position.offset())
                .put(epoch)
                .array();
    }

    /** What {@link #onTrim} noted. */
    static Position position(byte[] noted) {
        String epoch = new String(noted, Long.BYTES, noted.length - Long.BYTES, StandardCharsets.UTF_8);
        return new Position(epoch, ByteBuffer.wrap(noted).getLong());
    }

    /** Whose position lies under that key. */
    static ChannelId id(String key) {
        int slash = key.indexOf('/');
        return new ChannelId(key.substring(0, slash), key.substring(slash + 1));
    }
}
