/** What can be said, as records under sealed roots; channel names, positions, publications, close codes. */
@NullMarked
package dev.heliograph.protocol.message;

import org.jspecify.annotations.NullMarked;
