package dev.heliograph.history;

import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer from a channel's log.
 *
 * @param publications in order, those after the asked position
 * @param top the channel's position when the log was read
 * @param complete whether nothing is missing between the asked position and the first of {@code publications}
 * @param more whether the log holds further publications behind the last of {@code publications}
 */
public record HistoryPage(List<Publication> publications, Position top, boolean complete, boolean more) {
    public HistoryPage {
        publications = List.copyOf(publications);
    }

    /** The same behind one that is older than all of it. */
    public HistoryPage behind(Publication first) {
        var all = new ArrayList<Publication>(1 + publications.size());
        all.add(first);
        all.addAll(publications);
        return new HistoryPage(all, top, complete, more);
    }
}
