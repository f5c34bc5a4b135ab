package dev.heliograph.publish;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliograph.broker.Broker;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes of clients that carry an idempotency id: the first one publishes, every repetition is told its position. Remembers, for each workspace, as many as
 * its bound for as long as its window. Any thread.
 */
public final class PublishOnce {
    static final Duration WINDOW = Duration.ofMinutes(10);
    static final int ENTRIES_MAX = 100_000;

    private final Map<String, Cache<Key, CompletableFuture<Position>>> published = new ConcurrentHashMap<>();
    private final Broker broker;

    private record Key(ChannelId channel, @Nullable String userId, String id) {}

    public PublishOnce(Broker broker) {
        this.broker = broker;
    }

    /** @param done called once with the position of the draft, or of the one it repeats; not at all if that one failed */
    public void publish(Draft draft, @Nullable String userId, String id, Consumer<Position> done) {
        var key = new Key(draft.channel(), userId, id);
        var mine = new CompletableFuture<Position>();
        Map<Key, CompletableFuture<Position>> seen = published
                .computeIfAbsent(draft.channel().workspace(), _ -> cache())
                .asMap();
        CompletableFuture<Position> first = seen.putIfAbsent(key, mine);
        if (first == null) {
            try {
                broker.publish(draft, publication -> mine.complete(publication.position()));
            } catch (RuntimeException e) {
                seen.remove(key, mine); // so that the client's next try is a first one
                throw e;
            }
        }
        (first == null ? mine : first).thenAccept(done);
    }

    private static Cache<Key, CompletableFuture<Position>> cache() {
        return Caffeine.newBuilder()
                .maximumSize(ENTRIES_MAX)
                .expireAfterWrite(WINDOW)
                .build();
    }
}
