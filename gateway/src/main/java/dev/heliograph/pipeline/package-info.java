/** What happens to every event between door and broker: limit, dedupe, consent, redact, pseudonyms, sample, stamp, route. */
@NullMarked
package dev.heliograph.pipeline;

import org.jspecify.annotations.NullMarked;
