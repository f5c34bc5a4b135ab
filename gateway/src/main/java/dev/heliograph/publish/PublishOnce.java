package dev.heliograph.publish;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Memo;
import dev.heliograph.broker.Receipt;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.time.Duration;
import java.util.List;
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
    /** How long an id is remembered. */
    public static final Duration WINDOW = Duration.ofMinutes(10);
    /** Most ids of a workspace. */
    public static final int ENTRIES_MAX = 100_000;

    private final Map<String, Cache<PublishKey, CompletableFuture<Position>>> published = new ConcurrentHashMap<>();
    private final Broker broker;

    public PublishOnce(Broker broker) {
        this.broker = broker;
    }

    /**
     * Takes up what an earlier run of the gateway has published.
     *
     * @param key of its {@link Memo}
     */
    public void restore(byte[] key, Position position, long ageMs) {
        PublishKey id = PublishKey.read(key);
        if (ageMs < WINDOW.toMillis()) {
            seen(id.channel().workspace()).put(id, CompletableFuture.completedFuture(position));
        }
    }

    /**
     * Publishes a draft, or waits for the one that it repeats. Of the two one is called, once.
     *
     * @param done is told the position of the draft, or of the one it repeats
     * @param refused is told if the draft, or the one it repeats, was refused later on
     * @throws ProtocolException if it is refused at once
     */
    public void publish(
            Draft draft,
            @Nullable String userId,
            String id,
            Consumer<Position> done,
            Consumer<ProtocolException> refused) {
        publish(claim(draft, userId, id), broker, done, refused);
    }

    /**
     * A draft under its id.
     *
     * @param isNew whether it has to be published, or else given up; if not, it repeats another, which was published or is on its way
     * @param first of that id
     */
    record Claim(Draft draft, boolean isNew, First first) {}

    /** Claims an id for several drafts, all at once: of two equal requests one is the first on all channels, or on those that the id is new to. */
    synchronized List<Claim> claim(List<Draft> drafts, @Nullable String userId, String id) {
        return drafts.stream().map(draft -> claim(draft, userId, id)).toList();
    }

    private Claim claim(Draft draft, @Nullable String userId, String id) {
        var key = new PublishKey(draft.channel(), userId, id);
        var mine = new CompletableFuture<Position>();
        Map<PublishKey, CompletableFuture<Position>> seen =
                seen(draft.channel().workspace()).asMap();
        CompletableFuture<Position> first = seen.putIfAbsent(key, mine);
        return new Claim(draft, first == null, new First(key, first == null ? mine : first, seen));
    }

    /** Gives up what was claimed and is not published, all at once, so that the next try is the first again on all channels; whoever waits for it is refused, too. */
    void giveUp(List<Claim> claims, ProtocolException refusal) {
        List<First> given =
                claims.stream().filter(Claim::isNew).map(Claim::first).toList();
        synchronized (this) {
            given.forEach(First::forget);
        }
        given.forEach(first -> first.refused(refusal));
    }

    /**
     * Publishes what was claimed, or waits for the one that it repeats; as {@link #publish(Draft, String, String, Consumer, Consumer)}.
     *
     * @param through where to publish it
     */
    void publish(Claim claim, Broker through, Consumer<Position> done, Consumer<ProtocolException> refused) {
        First first = claim.first();
        if (claim.isNew()) {
            try {
                through.publish(claim.draft(), first);
            } catch (ProtocolException e) {
                first.refused(e);
                throw e;
            } catch (RuntimeException e) {
                first.refused(new ProtocolException(ErrorCode.INTERNAL, "it could not be published"));
                throw e;
            }
        }
        var _ = first.position().whenComplete((position, failure) -> {
            if (failure instanceof ProtocolException refusal) {
                refused.accept(refusal);
            } else {
                done.accept(position);
            }
        });
    }

    /** The first publish of an id; all others wait for it. */
    record First(
            PublishKey key, CompletableFuture<Position> position, Map<PublishKey, CompletableFuture<Position>> seen)
            implements Receipt {
        @Override
        public void published(Publication publication) {
            position.complete(publication.position());
        }

        /** The client's next try is a first one. */
        @Override
        public void refused(ProtocolException refusal) {
            forget();
            position.completeExceptionally(refusal);
        }

        void forget() {
            seen.remove(key, position);
        }

        @Override
        public Memo memo() {
            return new Memo(Memo.Kind.PUBLISHED, key.toBytes());
        }
    }

    private Cache<PublishKey, CompletableFuture<Position>> seen(String workspace) {
        return published.computeIfAbsent(workspace, _ -> cache());
    }

    private static Cache<PublishKey, CompletableFuture<Position>> cache() {
        return Caffeine.newBuilder()
                .maximumSize(ENTRIES_MAX)
                .expireAfterWrite(WINDOW)
                .build();
    }
}
