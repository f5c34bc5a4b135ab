package dev.heliograph.broadcast;

import dev.heliograph.config.MergeRule;
import dev.heliograph.egress.Merged;
import dev.heliograph.egress.Merging;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a group to so many publications a second: a token bucket that holds one second's worth. What comes with a token left goes at once (the leading edge); what
 * comes without waits, merged by the channel's rule into as few as may be, and goes with the next token (the trailing edge), so that the newest always arrives.
 * Confined to the loop.
 */
final class Pacing {
    /** Most that wait; beyond, the oldest is lost. */
    static final int HELD_MAX = 256;

    private static final double NANOS = 1e9;
    private static final Object WHOLE_CHANNEL = new Object();

    private final double perSecond;
    private final MergeRule rule;
    /** In the order of their offsets. */
    private final List<Held> held = new ArrayList<>();

    /** @param key what it merges by */
    private record Held(Object key, Merged merged) {}

    private double tokens;
    private long countedNanos;

    Pacing(double perSecond, MergeRule rule, long nowNanos) {
        this.perSecond = perSecond;
        this.rule = rule;
        this.tokens = tokensMax();
        this.countedNanos = nowNanos;
    }

    /** Whether what one that is given out says may be counted twice by whoever has a part of it. */
    boolean sums() {
        return rule == MergeRule.SUMMED;
    }

    private double tokensMax() {
        return Math.max(1, perSecond);
    }

    /** Takes a publication up: {@link #release} gives it out, or one that stands for it. */
    void hold(Publication publication) {
        Object key = key(publication);
        Merged one = Merged.of(publication);
        for (int i = held.size() - 1; i >= 0; i--) {
            if (held.get(i).key().equals(key)) {
                Merged older = held.get(i).merged();
                Merging.Both both = merge(older.publication(), one.publication(), i == held.size() - 1);
                if (both == null) {
                    break;
                }
                if (both.older() == null) {
                    held.remove(i);
                    one = older.into(one, both.newer());
                } else {
                    held.set(i, new Held(key, older.saying(both.older())));
                }
            }
        }
        held.add(new Held(key, one));
        if (held.size() > HELD_MAX) {
            leaveOutOldest();
        }
    }

    /** Without a rule the newest stands for all; where a rule goes by keys, one without stands for itself. */
    private Object key(Publication publication) {
        Object key = Merging.key(rule, publication);
        return key != null ? key : rule == MergeRule.NONE ? WHOLE_CHANNEL : publication;
    }

    private Merging.@Nullable Both merge(Publication older, Publication newer, boolean adjacent) {
        return rule == MergeRule.NONE ? new Merging.Both(null, newer) : Merging.merge(rule, older, newer, adjacent);
    }

    private void leaveOutOldest() {
        Held oldest = held.removeFirst();
        Held next = held.getFirst();
        held.set(0, new Held(next.key(), oldest.merged().leftOutBefore(next.merged())));
    }

    /** Gives out what may go now, in order. */
    void release(long nowNanos, Consumer<Merged> to) {
        tokens = Math.min(tokensMax(), tokens + (nowNanos - countedNanos) * perSecond / NANOS);
        countedNanos = nowNanos;
        while (tokens >= 1 && !held.isEmpty()) {
            to.accept(held.removeFirst().merged());
            tokens--;
        }
    }

    /** The oldest that waits, or that one stands for which does; null if nothing waits. */
    @Nullable
    Position oldest() {
        Position oldest = null;
        for (Held each : held) {
            Merged one = each.merged();
            Position from =
                    one.skipped() > 0 && one.from().offset() < one.publication().offset()
                            ? one.from()
                            : one.publication().position();
            if (oldest == null || from.offset() < oldest.offset()) {
                oldest = from;
            }
        }
        return oldest;
    }

    /** In how many nanoseconds something that waits may go; -1 if nothing waits. */
    long dueInNanos() {
        return held.isEmpty() ? -1 : (long) Math.max(0, Math.ceil((1 - tokens) * NANOS / perSecond));
    }
}
