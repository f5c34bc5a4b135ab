package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What sessions have left behind, by the keys that take them up again, for a while. Where there are too many the oldest is forgotten, and first the oldest of
 * a user who has too many alone: nobody's are pushed out by one who comes and goes. Any thread.
 */
final class LeftSessions {
    private final long keptNanos;
    private final long weightMax;
    private final long weightOfOneMax;
    private final LongSupplier ticker;
    /** In the order in which they were left. */
    private final Set<Kept> all = new LinkedHashSet<>();

    private final Map<String, Kept> byKey = new HashMap<>();
    private final Map<Owner, Owned> byOwner = new HashMap<>();
    private long weight;

    /** Whoever has no user id shares what there is with all others of the workspace who have none. */
    private record Owner(String workspace, @Nullable String userId) {
        static Owner of(Principal principal) {
            return new Owner(principal.workspace(), principal.userId());
        }
    }

    private static final class Owned {
        final Set<Kept> kept = new LinkedHashSet<>();
        long weight;
    }

    private static final class Kept {
        final List<String> keys;
        final Left left;
        final int weight;
        final long leftNanos;

        Kept(List<String> keys, Left left, int weight, long leftNanos) {
            this.keys = keys;
            this.left = left;
            this.weight = weight;
            this.leftNanos = leftNanos;
        }
    }

    /** @param weightMax of all together; a tenth of it of one user */
    LeftSessions(long keptSeconds, long weightMax, LongSupplier ticker) {
        this.keptNanos = TimeUnit.SECONDS.toNanos(keptSeconds);
        this.weightMax = weightMax;
        this.weightOfOneMax = weightMax / 10;
        this.ticker = ticker;
    }

    /** Keeps it, unless it alone is more than one user may have. */
    void put(List<String> keys, Left left) {
        int weighs = left.weight();
        if (weighs <= weightOfOneMax) {
            put(keys, left, weighs);
        }
    }

    private synchronized void put(List<String> keys, Left left, int weighs) {
        forgetOld();
        var kept = new Kept(keys, left, weighs, ticker.getAsLong());
        Owner owner = Owner.of(left.principal());
        for (Owned own = byOwner.get(owner); own != null && own.weight + kept.weight > weightOfOneMax; ) {
            remove(own.kept.iterator().next());
            own = byOwner.get(owner);
        }
        while (!all.isEmpty() && weight + kept.weight > weightMax) {
            remove(all.iterator().next());
        }
        add(kept, byOwner.computeIfAbsent(owner, _ -> new Owned()));
    }

    private void add(Kept kept, Owned owned) {
        all.add(kept);
        weight += kept.weight;
        owned.kept.add(kept);
        owned.weight += kept.weight;
        kept.keys.forEach(key -> byKey.put(key, kept));
    }

    synchronized @Nullable Left get(String key) {
        forgetOld();
        Kept kept = byKey.get(key);
        return kept == null ? null : kept.left;
    }

    /** It has been taken up by one of its keys. */
    synchronized void remove(String key) {
        Kept kept = byKey.get(key);
        if (kept != null) {
            remove(kept);
        }
    }

    private void forgetOld() {
        long now = ticker.getAsLong();
        for (Iterator<Kept> oldest = all.iterator(); oldest.hasNext(); oldest = all.iterator()) {
            Kept kept = oldest.next();
            if (now - kept.leftNanos < keptNanos) {
                return;
            }
            remove(kept);
        }
    }

    private void remove(Kept kept) {
        all.remove(kept);
        kept.keys.forEach(key -> byKey.remove(key, kept));
        weight -= kept.weight;
        Owner owner = Owner.of(kept.left.principal());
        Owned owned = Objects.requireNonNull(byOwner.get(owner));
        owned.kept.remove(kept);
        owned.weight -= kept.weight;
        if (owned.kept.isEmpty()) {
            byOwner.remove(owner);
        }
    }
}
