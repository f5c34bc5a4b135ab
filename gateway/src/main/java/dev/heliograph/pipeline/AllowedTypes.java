package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import org.jspecify.annotations.Nullable;

/** Lets in the event types that the source's configuration names. */
final class AllowedTypes implements Step {
    @Override
    public @Nullable DropReason take(Passage passage) {
        return passage.policy.types().contains(passage.event.names().type()) ? null : DropReason.TYPE_NOT_ALLOWED;
    }
}
