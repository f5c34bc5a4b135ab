/** The fan-out: one task per event loop and batch, each loop walks its own arrays. Knows no sockets. */
@NullMarked
package dev.heliograph.broadcast;

import org.jspecify.annotations.NullMarked;
