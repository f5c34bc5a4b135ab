package dev.heliograph.broker.disk;

import dev.heliograph.broker.Memo;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreQueue;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of publications beyond their being kept: for each kind a queue, whose values hold the memos of one group each, so that a memo and its publication
 * are committed at once. Confined to the store's thread.
 *
 * <pre>
 *  timestamp 8 │ count 8 │ for each: key │ epoch │ offset 8
 * </pre>
 */
final class Memos {
    private static final int HEADER_BYTES = 2 * Long.BYTES;

    /**
     * How long and how many at most are remembered.
     *
     * @param windowMs at least so long, if there are not too many
     * @param entriesMax memos
     */
    record Bounds(long windowMs, int entriesMax) {}

    private final Map<Memo.Kind, Shelf> shelves = new EnumMap<>(Memo.Kind.class);

    Memos(Store store, Map<Memo.Kind, Bounds> bounds) {
        bounds.forEach((kind, most) -> {
            String name = "memos-" + kind.name().toLowerCase(Locale.ROOT);
            shelves.put(kind, new Shelf(store.queue(name), most));
        });
    }

    /** One more for the group at hand. */
    void onMake(@Nullable Memo memo, Position position) {
        if (memo != null) {
            shelf(memo.kind()).onMake(memo.key(), position);
        }
    }

    /** All of the group have been made. */
    void onGroup(long nowMs) {
        shelves.values().forEach(shelf -> shelf.onGroup(nowMs));
    }

    /** Counts what lies there, and hands it out. */
    void onRestore(Memo.Kind kind, DiskBroker.Remembered reader, long nowMs) {
        shelf(kind).onRestore(reader, nowMs);
    }

    /** Forgets what is too old. */
    void onTrim(long nowMs) {
        shelves.values().forEach(shelf -> shelf.onTrim(nowMs));
    }

    private Shelf shelf(Memo.Kind kind) {
        Shelf shelf = shelves.get(kind);
        if (shelf == null) {
            throw new IllegalStateException("nothing is remembered of kind " + kind);
        }
        return shelf;
    }

    private static final class Shelf {
        private static final int PAGE = 100;

        private final StoreQueue groups;
        private final Bounds bounds;
        private long remembered;
        private Fields group = new Fields(HEADER_BYTES);
        private long inGroup;

        Shelf(StoreQueue groups, Bounds bounds) {
            this.groups = groups;
            this.bounds = bounds;
        }

        void onMake(byte[] key, Position position) {
            if (inGroup++ == 0) {
                group = new Fields(HEADER_BYTES + 64);
                group.number(0);
                group.number(0);
            }
            group.bytes(key);
            group.text(position.epoch());
            group.number(position.offset());
        }

        void onGroup(long nowMs) {
            if (inGroup == 0) {
                return;
            }
            byte[] value = group.toBytes();
            ByteBuffer.wrap(value).putLong(nowMs).putLong(inGroup);
            groups.append(value);
            remembered += inGroup;
            inGroup = 0;
            group = new Fields(HEADER_BYTES);
            onTrim(nowMs);
        }

        void onTrim(long nowMs) {
            while (remembered > 0) {
                StoreQueue.Entry oldest = groups.after(0, 1).getFirst();
                ByteBuffer header = ByteBuffer.wrap(oldest.value());
                boolean old = nowMs - header.getLong() > bounds.windowMs();
                if (!old && remembered <= bounds.entriesMax()) {
                    return;
                }
                remembered -= header.getLong();
                groups.removeTo(oldest.number());
            }
        }

        void onRestore(DiskBroker.Remembered reader, long nowMs) {
            long at = 0;
            for (var page = groups.after(at, PAGE); !page.isEmpty(); page = groups.after(at, PAGE)) {
                for (StoreQueue.Entry entry : page) {
                    remembered += read(ByteBuffer.wrap(entry.value()), reader, nowMs);
                    at = entry.number();
                }
            }
        }

        private static long read(ByteBuffer in, DiskBroker.Remembered reader, long nowMs) {
            long ageMs = Math.max(0, nowMs - in.getLong());
            long count = in.getLong();
            for (long i = 0; i < count; i++) {
                byte[] key = Fields.bytes(in);
                reader.tell(key, new Position(Fields.text(in), in.getLong()), ageMs);
            }
            return count;
        }
    }
}
