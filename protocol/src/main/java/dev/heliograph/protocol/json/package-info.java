/** The native codec: JSON text frames, see docs/PROTOCOL.md. */
@NullMarked
package dev.heliograph.protocol.json;

import org.jspecify.annotations.NullMarked;
