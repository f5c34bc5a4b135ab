package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Sheds what a source sends beyond its rate. The producer is not told: a viewer must never make production SDKs retry. */
final class RateLimit implements Step {
    private final LongSupplier nanoTime;

    RateLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public @Nullable DropReason take(Passage passage) {
        return passage.policy.bucket().tryTake(nanoTime.getAsLong()) ? null : DropReason.RATE_LIMITED;
    }
}
