package dev.heliograph.broker.disk;

import dev.heliograph.broker.memory.HeldChannel;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.store.StoreQueue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of a gateway: what lies on the disk is put back into memory, record by record, within the limits of today. Channels that are not to be kept any more, or that
 * find no room, begin anew. Confined to the store's thread.
 */
final class Restoration {
    private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);
    private static final int PAGE = 256;

    private final MemoryBroker memory;
    private final Predicate<ChannelId> keeps;
    private final KeptChannels kept;
    private final KeptChannel.Shelf shelf;
    private final long nowMs;
    private final Set<ChannelId> givenUp = new HashSet<>();
    private long publications;

    Restoration(
            MemoryBroker memory, Predicate<ChannelId> keeps, KeptChannels kept, KeptChannel.Shelf shelf, long nowMs) {
        this.memory = memory;
        this.keeps = keeps;
        this.kept = kept;
        this.shelf = shelf;
        this.nowMs = nowMs;
    }

    void run() {
        restoreRecords();
        restorePositions();
        kept.onTrim();
        LOG.info(
                "history on disk: {} channels, {} publications; {} channels are not kept any more",
                kept.all().size(),
                publications,
                givenUp.size());
    }

    private void restoreRecords() {
        long at = 0;
        for (var page = next(at); !page.isEmpty(); page = next(at)) {
            for (StoreQueue.Entry entry : page) {
                at = entry.number();
                restore(at, PublicationRecord.read(entry.value()));
            }
        }
    }

    private List<StoreQueue.Entry> next(long at) {
        return shelf.records().after(at, PAGE);
    }

    private void restore(long number, PublicationRecord record) {
        Position position = record.position();
        HeldChannel channel = channel(record.channel(), position.epoch());
        if (channel == null) {
            shelf.records().remove(number);
            return;
        }
        kept.onChannel(record.channel(), position.epoch(), channel).onRestored(position.offset(), number);
        if (record.publication() != null) {
            channel.restore(record.publication(), nowMs);
        } else {
            channel.restoreRemoved(position.offset(), record.ofServer(), nowMs);
        }
        publications++;
    }

    private void restorePositions() {
        shelf.positions().copy().forEach((key, noted) -> restore(key, KeptChannel.position(noted)));
    }

    private void restore(String key, Position position) {
        ChannelId id = KeptChannel.id(key);
        HeldChannel channel = channel(id, position.epoch());
        if (channel == null) {
            shelf.positions().remove(key);
            return;
        }
        kept.onChannel(id, position.epoch(), channel).onRestored(position.offset());
        if (position.offset() > channel.top().offset()) {
            channel.restoreRemoved(position.offset(), false, nowMs);
        }
    }

    /** The channel in memory, made if it is missing; null if it is not to be kept. */
    private @Nullable HeldChannel channel(ChannelId id, String epoch) {
        KeptChannel known = kept.find(id);
        if (known != null) {
            if (!known.epoch().equals(epoch)) {
                throw new IllegalStateException("there are two lives of " + id);
            }
            return known.memory();
        }
        if (givenUp.contains(id)) {
            return null;
        }
        HeldChannel made = keeps.test(id) ? memory.restore(id, epoch) : null;
        if (made == null) {
            givenUp.add(id);
        }
        return made;
    }
}
