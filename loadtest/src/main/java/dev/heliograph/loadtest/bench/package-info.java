/** {@code bench}: a gateway of its own on this machine, what it costs, and what limits it; and the charts and tables made of such results. */
@NullMarked
package dev.heliograph.loadtest.bench;

import org.jspecify.annotations.NullMarked;
