/** The embedded durable store: named maps and queues that outlive a restart, in one file. */
@NullMarked
package dev.heliograph.store;

import org.jspecify.annotations.NullMarked;
