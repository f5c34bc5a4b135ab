package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import org.jspecify.annotations.Nullable;

/** One of the things that happen to every event, in the order that {@link Pipeline} lists. Any thread. */
interface Step {
    /** Does its part; says why the event goes no further, or null if it does. */
    @Nullable
    DropReason take(Passage passage);
}
