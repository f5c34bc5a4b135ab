package dev.heliograph.broadcast;

import dev.heliograph.protocol.codec.FilterValues;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Publication;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which publications of a channel a subscriber, or a group of them, is sent. Equal for equal filters. Immutable.
 *
 * @param filter null for all
 * @param paths where the filter looks, found once
 */
record Selection(@Nullable Filter filter, Set<String> paths) {
    private static final Selection ALL = new Selection(null, Set.of());

    static Selection of(@Nullable Filter filter) {
        return filter == null ? ALL : new Selection(filter, filter.paths());
    }

    boolean takes(Publication publication) {
        return filter == null || filter.matches(FilterValues.read(publication.data(), paths));
    }
}
