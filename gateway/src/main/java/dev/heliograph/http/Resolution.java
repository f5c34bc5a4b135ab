package dev.heliograph.http;

import dev.heliograph.metrics.HttpRefusal;
import org.jspecify.annotations.Nullable;

/** What is to become of a request, known from its head. */
sealed interface Resolution {
    /** A handler answers it. */
    record Handled(Route route) implements Resolution {}

    /** It has its answer. */
    record Answered(Response response, @Nullable HttpRefusal refusal) implements Resolution {}

    /** It may leave HTTP. */
    record Upgrading(UpgradeHandler handler) implements Resolution {}
}
