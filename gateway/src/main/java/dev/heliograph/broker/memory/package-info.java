/** One node: each channel's log behind its own short lock, which also hands the publication to the loops, in order. */
@NullMarked
package dev.heliograph.broker.memory;

import org.jspecify.annotations.NullMarked;
