package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.CloseCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of clients that come back without their tokens, by the keys that take them up again: those that have a connection, and, for {@value #KEPT_SECONDS} s,
 * what those have left whose connection is gone. Never more than {@value #WEIGHT_MAX} subscriptions of the latter, or about 12 MiB. Why: docs/decisions/0018. Any thread.
 */
public final class Resumptions {
    /** Within it lie the first seven attempts of a client that waits 1 s, 2 s, 4 s, …. */
    static final long KEPT_SECONDS = 150;

    private static final long WEIGHT_MAX = 50_000;

    private final Supplier<String> keys;
    private final Map<String, Session> here = new ConcurrentHashMap<>();
    private final LeftSessions gone;

    /**
     * @param keys makes keys that nobody can guess
     * @param ticker monotonic nanoseconds
     */
    public Resumptions(Supplier<String> keys, LongSupplier ticker) {
        this.keys = keys;
        this.gone = new LeftSessions(KEPT_SECONDS, WEIGHT_MAX, ticker);
    }

    String newKey() {
        return keys.get();
    }

    void onHere(List<String> keysOfSession, Session session) {
        keysOfSession.forEach(key -> here.put(key, session));
    }

    void forget(String key, Session session) {
        here.remove(key, session);
    }

    /** What a session has left is another one's from now on. */
    void onTaken(String key) {
        gone.remove(key);
    }

    /** @param left null: it cannot be taken up again */
    void onGone(List<String> keysOfSession, Session session, @Nullable Left left) {
        if (left != null) {
            gone.put(keysOfSession, left);
        }
        keysOfSession.forEach(key -> here.remove(key, session));
    }

    /**
     * Finds what the session of that key has left. If it still has a connection, that ends first: a session has one.
     *
     * @param mayCome whether whoever comes may take up a session of that principal; if not, a connection it still has goes on
     * @param then called once, maybe on another thread; with null if there is no such session, or none that may be taken up
     */
    public void find(String key, Predicate<Principal> mayCome, Consumer<@Nullable Left> then) {
        Left left = gone.get(key);
        Session session = left == null ? here.get(key) : null;
        if (session == null) {
            then.accept(left != null ? left : gone.get(key)); // it may have ended between the two
            return;
        }
        session.hub().onLoop(() -> {
            Principal principal = session.principal();
            if (principal != null && mayCome.test(principal)) {
                session.close(DisconnectCause.RESUMED, CloseCode.NORMAL, "resumed by another connection");
            }
            then.accept(gone.get(key));
        });
    }
}
