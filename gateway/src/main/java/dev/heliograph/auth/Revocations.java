package dev.heliograph.auth;

import dev.heliograph.auth.Revocation.Kind;
import dev.heliograph.auth.Revocation.Target;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revocations in force, at most {@value #MAX}: asked at every verification, and about everybody who is connected when one is added. In force from the moment it is added;
 * durable when its keeper says so. Any thread; asking takes no lock.
 */
public final class Revocations {
    /** Most revocations in force at once. */
    public static final int MAX = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);

    private final RevocationKeeper keeper;
    private final InstantSource clock;
    private final Map<Target, Revocation> byTarget = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<String, Revocation> byId = new ConcurrentSkipListMap<>();
    private final AtomicLong additions = new AtomicLong();

    /**
     * What came of adding one.
     *
     * @param inForce the one added, or the one that hits all that it would
     * @param isNew whether it hits something that was not hit before
     * @param durable done when it is kept; failed if it cannot be, and then it holds until the end of this process
     */
    public record Added(Revocation inForce, boolean isNew, CompletableFuture<Void> durable) {}

    /** As many as may be are in force. */
    public static final class FullException extends Exception {
        private static final long serialVersionUID = 1;

        FullException() {
            super(MAX + " revocations are in force, as many as may be: lift some, or revoke by user or workspace");
        }
    }

    /** Begins with what the keeper has. */
    public Revocations(RevocationKeeper keeper, InstantSource clock) {
        this.keeper = keeper;
        this.clock = clock;
        keeper.load().forEach(this::put);
        sweep();
    }

    private void put(Revocation revocation) {
        byTarget.put(revocation.target(), revocation);
        byId.put(revocation.id(), revocation);
    }

    /**
     * Revokes; one that is in force already for the same target is widened, never narrowed.
     *
     * @param issuedBeforeMs see {@link Revocation}
     */
    public synchronized Added add(Target target, long issuedBeforeMs) throws FullException {
        Revocation before = byTarget.get(target);
        var asked = Revocation.of(target, issuedBeforeMs, clock.millis());
        if (before != null && before.covers(asked)) {
            return new Added(before, false, keeper.keep(before));
        }
        if (before == null && byId.size() >= MAX) {
            sweep();
            if (byId.size() >= MAX) {
                throw new FullException();
            }
        }
        put(asked);
        additions.incrementAndGet();
        return new Added(asked, true, keeper.keep(asked));
    }

    /** Lifts one; null if there is none with that id. The future is done when that is durable. */
    public synchronized @Nullable CompletableFuture<Void> lift(String id) {
        Revocation lifted = byId.remove(id);
        if (lifted == null) {
            return null;
        }
        byTarget.remove(lifted.target());
        return keeper.forget(id);
    }

    /** Forgets what can hit nothing any more. */
    public synchronized void sweep() {
        long nowMs = clock.millis();
        for (Revocation revocation : byId.values()) {
            if (revocation.isOver(nowMs)) {
                CompletableFuture<Void> gone = lift(revocation.id());
                if (gone != null) {
                    gone.exceptionally(failure -> {
                        LOG.warn("a revocation that is over stays in the store: {}", failure.getMessage());
                        return null;
                    });
                }
            }
        }
    }

    boolean hits(Principal principal) {
        if (byTarget.isEmpty() || principal.userId() == null) { // who has shown no token has none to lose
            return false;
        }
        return hits(principal, Kind.USER, principal.userId())
                || hits(principal, Kind.WORKSPACE, "")
                || hits(principal, Kind.JTI, principal.tokenId())
                || hits(principal, Kind.SESSION, principal.sessionId());
    }

    private boolean hits(Principal principal, Kind kind, @Nullable String name) {
        if (name == null) {
            return false;
        }
        Revocation revocation = byTarget.get(new Target(principal.workspace(), kind, name));
        return revocation != null && revocation.hits(principal.issuedAtMs());
    }

    /**
     * Whether nobody may be signed in as that user on a connection of Pusher's protocol that was opened then. A signature does not say which token it was given for, nor when, but
     * it is one connection's, so it is not older than that. A revocation of all tokens of the user hits it; one of tokens issued earlier does if it was made since: before, such
     * tokens were given no signature.
     */
    public boolean hitsSignin(String workspace, String userId, long openedMs) {
        if (byTarget.isEmpty()) {
            return false;
        }
        Revocation revocation = byTarget.get(new Target(workspace, Kind.USER, userId));
        return revocation != null && revocation.hitsSignin(openedMs);
    }

    /** How many were added since the start. */
    public long additions() {
        return additions.get();
    }

    public int size() {
        return byId.size();
    }

    /** Whether they are still in force after a restart. */
    public boolean outliveRestart() {
        return keeper.outlivesRestart();
    }

    /**
     * Those in force, in the order of their ids.
     *
     * @param workspace null: of all
     * @param after the last id that the reader has seen; empty: from the first
     */
    public List<Revocation> list(@Nullable String workspace, String after, int limit) {
        return byId.tailMap(after, false).values().stream()
                .filter(each -> workspace == null || each.target().workspace().equals(workspace))
                .limit(limit)
                .toList();
    }
}
