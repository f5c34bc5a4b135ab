package dev.heliograph.auth;

import dev.heliograph.config.TokenKeyConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer, fetched from the one URL that is configured for it: when first needed, every 10 minutes while in use, and for a key that
 * is not known; one fetch at a time, and at most one per 30 s and one more per 10 minutes, so that a new key is found though keys were fetched just before it
 * was published. Keys outlive an outage by 24 hours. Any thread; answers that wait for a
 * fetch come on threads of {@code blocking}.
 */
final class PublishedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedKeys.class);
    private static final long REFRESH_MS = 600_000;
    private static final long ATTEMPT_INTERVAL_MS = 30_000;
    private static final long SPARE_INTERVAL_MS = REFRESH_MS;
    private static final long KEEP_MS = 86_400_000;
    private static final int WAITING_MAX = 10_000;

    private final TokenKeyConfig.Jwks config;
    private final Tenant tenant;
    private final ProviderClient client;
    private final Clock clock;
    private final Executor blocking;
    private volatile Fetched fetched = new Fetched(KeySet.EMPTY, Long.MIN_VALUE);
    // Under this object's lock:
    private final List<Waiting> waiting = new ArrayList<>();
    private long nextAttemptMs = Long.MIN_VALUE;
    private long nextSpareMs = Long.MIN_VALUE;
    private boolean fetching;
    private boolean failed;

    private record Fetched(KeySet keys, long atMs) {
        boolean isOlderThan(long ageMs, long nowMs) {
            return atMs == Long.MIN_VALUE || nowMs - atMs >= ageMs;
        }
    }

    /** @param late it came after a fetch had begun: what that brings may be older than its key */
    private record Waiting(@Nullable String keyId, Consumer<Answer> done, boolean late) {
        Waiting onTime() {
            return new Waiting(keyId, done, false);
        }
    }

    /** What came of looking for a key. */
    sealed interface Answer {
        record Found(VerificationKey key) implements Answer {}

        /** The issuer publishes no such key. */
        record Unknown() implements Answer {}

        /** The issuer could not be asked. */
        record Unavailable() implements Answer {}
    }

    PublishedKeys(TokenKeyConfig.Jwks config, Tenant tenant, ProviderClient client, Clock clock, Executor blocking) {
        this.config = config;
        this.tenant = tenant;
        this.client = client;
        this.clock = clock;
        this.blocking = blocking;
    }

    boolean accepts(String algorithm) {
        return config.algorithms().contains(algorithm);
    }

    /** @param keyId null: the only key, if the issuer has only one */
    void find(@Nullable String keyId, Consumer<Answer> done) {
        VerificationKey key = known(keyId);
        if (key == null) {
            findOrFetch(keyId, done);
            return;
        }
        if (fetched.isOlderThan(REFRESH_MS, clock.millis()) && claimFetch(false)) {
            startFetch();
        }
        done.accept(new Answer.Found(key));
    }

    private void findOrFetch(@Nullable String keyId, Consumer<Answer> done) {
        boolean mine;
        Answer now = null;
        synchronized (this) {
            mine = known(keyId) == null && claimFetch(true);
            if (fetching && waiting.size() < WAITING_MAX) {
                waiting.add(new Waiting(keyId, done, !mine));
            } else {
                now = fetching ? new Answer.Unavailable() : answer(keyId);
            }
        }
        if (mine) {
            startFetch();
        }
        if (now != null) {
            done.accept(now);
        }
    }

    private @Nullable VerificationKey known(@Nullable String keyId) {
        Fetched latest = fetched;
        return latest.isOlderThan(KEEP_MS, clock.millis())
                ? null
                : latest.keys().find(keyId);
    }

    private synchronized Answer answer(@Nullable String keyId) {
        VerificationKey key = known(keyId);
        if (key != null) {
            return new Answer.Found(key);
        }
        return failed ? new Answer.Unavailable() : new Answer.Unknown();
    }

    /**
     * Whether the caller has to fetch: nobody else does, and the last attempt is long enough ago.
     *
     * @param wanted a key is not known: that is worth the spare attempt
     */
    private synchronized boolean claimFetch(boolean wanted) {
        long nowMs = clock.millis();
        boolean spare = nowMs < nextAttemptMs;
        if (fetching || (spare && (!wanted || failed || nowMs < nextSpareMs))) {
            return false;
        }
        if (spare) {
            nextSpareMs = nowMs + SPARE_INTERVAL_MS;
        }
        fetching = true;
        nextAttemptMs = nowMs + ATTEMPT_INTERVAL_MS;
        return true;
    }

    private void startFetch() {
        try {
            blocking.execute(this::fetch);
        } catch (RejectedExecutionException stopping) {
            finish(null);
        }
    }

    private void fetch() {
        Fetched newest = null;
        try {
            byte[] json = client.fetch(config.url());
            newest = new Fetched(KeySet.parse(json, config.algorithms(), tenant, clock), clock.millis());
        } catch (IOException | IllegalArgumentException problem) {
            LOG.warn("keys of issuer {} not refreshed, {} {}", config.issuer(), config.url(), reason(problem));
        } finally {
            finish(newest);
        }
    }

    private void finish(@Nullable Fetched newest) {
        var ready = new ArrayList<Waiting>();
        boolean again;
        synchronized (this) {
            fetched = newest == null ? fetched : newest;
            failed = newest == null;
            fetching = false;
            ready.addAll(waiting);
            waiting.clear();
            again = ready.stream().anyMatch(this::isWorthAnother) && claimFetch(true);
            if (again) {
                ready.stream().filter(this::isWorthAnother).map(Waiting::onTime).forEach(waiting::add);
                ready.removeIf(this::isWorthAnother);
            }
        }
        if (again) {
            startFetch();
        }
        ready.forEach(each -> each.done().accept(answer(each.keyId())));
    }

    private boolean isWorthAnother(Waiting each) {
        return each.late() && known(each.keyId()) == null;
    }

    private static String reason(Exception problem) {
        return problem.getMessage() + (problem.getCause() == null ? "" : ": " + problem.getCause());
    }
}
