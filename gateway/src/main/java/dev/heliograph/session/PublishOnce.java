package dev.heliograph.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliograph.broker.Broker;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes of clients that carry an idempotency id: the first one publishes, every repetition is told its position. Remembers as many as its bound for as
 * long as its window. Any thread.
 */
public final class PublishOnce {
    static final Duration WINDOW = Duration.ofMinutes(10);
    static final int ENTRIES_MAX = 100_000;

    private final Cache<Key, CompletableFuture<Position>> published = Caffeine.newBuilder()
            .maximumSize(ENTRIES_MAX)
            .expireAfterWrite(WINDOW)
            .build();
    private final Broker broker;

    private record Key(ChannelId channel, @Nullable String userId, String id) {}

    public PublishOnce(Broker broker) {
        this.broker = broker;
    }

    /** @param done called once with the position of the draft, or of the one it repeats */
    void publish(Draft draft, @Nullable String userId, String id, Consumer<Position> done) {
        var mine = new CompletableFuture<Position>();
        CompletableFuture<Position> first = published.asMap().putIfAbsent(new Key(draft.channel(), userId, id), mine);
        if (first == null) {
            broker.publish(draft, publication -> mine.complete(publication.position()));
        }
        (first == null ? mine : first).thenAccept(done);
    }
}
