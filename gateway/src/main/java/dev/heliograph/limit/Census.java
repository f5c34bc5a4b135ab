package dev.heliograph.limit;

import java.util.concurrent.ConcurrentHashMap;

/** How many of each kind are here at once; holds nothing of a kind of which none is. Any thread. */
public final class Census<K> {
    private final ConcurrentHashMap<K, Integer> here = new ConcurrentHashMap<>();

    /** Lets one more in, unless as many are here; who is let in has to leave once. */
    public boolean enter(K kind, int max) {
        var entered = new boolean[1];
        here.compute(kind, (_, before) -> {
            int count = before == null ? 0 : before;
            entered[0] = count < max;
            return entered[0] ? Integer.valueOf(count + 1) : before;
        });
        return entered[0];
    }

    public void leave(K kind) {
        here.computeIfPresent(kind, (_, before) -> before == 1 ? null : before - 1);
    }

    /** How many kinds there are. */
    public int kinds() {
        return here.size();
    }
}
