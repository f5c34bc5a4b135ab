package dev.heliograph.pipeline;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A broker in memory that keeps every draft in order; it can be told to fail, and which channels are watched. Any thread. */
public final class RecordingBroker implements Broker {
    private final Queue<Draft> drafts = new ConcurrentLinkedQueue<>();
    private final AtomicLong offset = new AtomicLong();
    public volatile Predicate<ChannelId> watched = channel -> true;
    public volatile Predicate<Draft> failing = draft -> false;
    public volatile Predicate<Draft> overRate = draft -> false;

    @Override
    public void publish(Draft draft, Receipt receipt) {
        if (overRate.test(draft)) {
            throw new ProtocolException(ErrorCode.RATE_LIMITED, "too much");
        }
        if (failing.test(draft)) {
            throw new IllegalStateException("told to fail");
        }
        drafts.add(draft);
        receipt.published(new Publication(draft, new Position("e", offset.incrementAndGet()), 0));
    }

    @Override
    public void history(ChannelId channel, @Nullable Position after, int limit, Consumer<HistoryPage> done) {
        throw new UnsupportedOperationException("nothing of ingest reads history");
    }

    @Override
    public void kept(ChannelId channel, Consumer<@Nullable Publication> done) {
        throw new UnsupportedOperationException("nothing of ingest asks for state");
    }

    @Override
    public void joined(ChannelId channel, int loop, boolean first) {}

    @Override
    public void left(ChannelId channel, int loop, boolean last) {}

    @Override
    public int subscribers(ChannelId channel) {
        return 0;
    }

    @Override
    public boolean isCrowded(String workspace) {
        return false;
    }

    @Override
    public Map<String, Integer> occupied(String workspace) {
        return Map.of();
    }

    @Override
    public boolean wanted(ChannelId channel) {
        return watched.test(channel);
    }

    @Override
    public CompletableFuture<Long> purge(String workspace, long subject) {
        long before = drafts.size();
        drafts.removeIf(draft -> draft.channel().workspace().equals(workspace) && draft.subject() == subject);
        return CompletableFuture.completedFuture(before - drafts.size());
    }

    public List<Draft> drafts() {
        return List.copyOf(drafts);
    }

    /** The data of all drafts of a channel, in order. */
    public List<String> data(String channel) {
        return drafts.stream()
                .filter(draft -> draft.channel().toString().equals(channel))
                .map(draft -> draft.data().toString())
                .toList();
    }
}
