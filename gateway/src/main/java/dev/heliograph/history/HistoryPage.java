package dev.heliograph.history;

import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
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
}
