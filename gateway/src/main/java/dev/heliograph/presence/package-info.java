/** Who is in a channel now. */
@NullMarked
package dev.heliograph.presence;

import org.jspecify.annotations.NullMarked;
