/** Tests of the swarm. */
@NullMarked
package dev.heliograph.loadtest.swarm;

import org.jspecify.annotations.NullMarked;
