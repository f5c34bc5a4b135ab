package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.segment.JsonCursor;
import dev.heliograph.protocol.segment.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drops events whose person has denied a category that the source requires. Without preferences the event passes; an empty set of preferences denies
 * every category. Source: Segment, "Consent in Segment Connections".
 */
final class Consent implements Step {
    @Override
    public @Nullable DropReason take(Passage passage) {
        List<String> required = passage.policy.requiredConsent();
        Slice preferences = passage.event.context().consent();
        return required.isEmpty() || preferences == null || isGiven(required, preferences)
                ? null
                : DropReason.NO_CONSENT;
    }

    private static boolean isGiven(List<String> required, Slice preferences) {
        var cursor = new JsonCursor(preferences);
        boolean empty = true;
        cursor.enter();
        while (cursor.next()) {
            empty = false;
            String category = cursor.name();
            if (cursor.ahead() != 't' && required.contains(category)) {
                return false;
            }
            cursor.skip();
        }
        return !empty;
    }
}
