/** {@code swarm}: thousands of subscribers in one process on one event loop, for what Gatling cannot hold. */
@NullMarked
package dev.heliograph.loadtest.swarm;

import org.jspecify.annotations.NullMarked;
