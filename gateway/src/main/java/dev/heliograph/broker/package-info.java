/** The seam to the cluster: publish, history, occupancy, as a small interface and a listener. */
@NullMarked
package dev.heliograph.broker;

import org.jspecify.annotations.NullMarked;
