/** A bounded, ordered log per channel that answers "what did I miss since this position?". */
@NullMarked
package dev.heliograph.history;

import org.jspecify.annotations.NullMarked;
