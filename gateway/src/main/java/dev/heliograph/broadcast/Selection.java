package dev.heliograph.broadcast;

import dev.heliograph.protocol.codec.FilterValues;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which publications of a channel a subscriber, or a group of them, is sent, and how many a second. Equal for equal options. Immutable.
 *
 * @param permitted what its token allows it to be sent; null for all
 * @param filter what it asks for; null for all
 * @param paths where the filters and the sampling look, found once
 * @param sampleRate the part of the traces, above 0 up to 1
 * @param maxPerSecond {@link SubscribeOptions#UNPACED} for all
 */
record Selection(
        @Nullable Filter permitted,
        @Nullable Filter filter,
        Set<String> paths,
        double sampleRate,
        double maxPerSecond) {
    private static final Selection ALL = new Selection(null, null, Set.of(), 1, SubscribeOptions.UNPACED);
    private static final String TRACE = "trace_id";
    /** Bytes of a filter that are asked in about the time of one delivery. */
    private static final int FILTER_SIZE_PER_DELIVERY = 256;

    /** What becomes of a publication. */
    enum Verdict {
        TAKEN,
        /** It is none of the subscriber's business, and not even counted for it. */
        WITHHELD,
        FILTERED,
        SAMPLED
    }

    static Selection of(SubscribeOptions options, @Nullable Filter permitted) {
        Filter filter = options.filter();
        boolean whole = filter == null && permitted == null && options.sampleRate() >= 1;
        if (whole && options.maxPerSecond() == SubscribeOptions.UNPACED) {
            return ALL;
        }
        var paths = new TreeSet<String>();
        if (permitted != null) {
            permitted.collectPaths(paths);
        }
        if (filter != null) {
            filter.collectPaths(paths);
        }
        if (options.sampleRate() < 1) {
            paths.add(TRACE);
        }
        return new Selection(permitted, filter, paths, options.sampleRate(), options.maxPerSecond());
    }

    boolean isPaced() {
        return maxPerSecond != SubscribeOptions.UNPACED;
    }

    /** What a look at one publication costs, in deliveries, about. */
    int cost() {
        int size = (permitted == null ? 0 : permitted.size()) + (filter == null ? 0 : filter.size());
        return takesAll() ? 0 : 1 + size / FILTER_SIZE_PER_DELIVERY;
    }

    /** A filter may look nowhere, and take nothing: {@code {"or": []}}. */
    private boolean takesAll() {
        return permitted == null && filter == null && sampleRate >= 1;
    }

    Verdict look(Publication publication) {
        if (takesAll()) {
            return Verdict.TAKEN;
        }
        Map<String, Object> values = FilterValues.read(publication.data(), paths);
        if (permitted != null && !permitted.matches(values)) {
            return Verdict.WITHHELD;
        }
        if (filter != null && !filter.matches(values)) {
            return Verdict.FILTERED;
        }
        return sampleRate >= 1 || isSampled(publication, values.get(TRACE)) ? Verdict.TAKEN : Verdict.SAMPLED;
    }

    /** A trace comes whole or not at all, and a greater rate keeps what a smaller one keeps; what belongs to no trace is chosen by its place. */
    private boolean isSampled(Publication publication, @Nullable Object trace) {
        long seed = trace == null ? publication.offset() : hash(trace.toString());
        return (mixed(seed) >>> 11) * 0x1p-53 < sampleRate;
    }

    private static long hash(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    /** The finalizer of SplittableRandom: every bit of the seed moves about half of the bits. */
    private static long mixed(long seed) {
        long z = (seed + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
