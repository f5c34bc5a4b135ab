/** Every counter, gauge and histogram as one catalogue with a sentence each; the HDR recorders of the hot path. */
@NullMarked
package dev.heliograph.metrics;

import org.jspecify.annotations.NullMarked;
