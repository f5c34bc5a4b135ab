/** What is kept of channels, on disk as well: the memory broker with a durable twin of its logs. */
@NullMarked
package dev.heliograph.broker.disk;

import org.jspecify.annotations.NullMarked;
