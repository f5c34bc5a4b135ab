/** Clients and producers that live, in a few seconds, through what real ones do to a gateway: what the JVM's start-up cache learns from. */
@NullMarked
package dev.heliograph.training;

import org.jspecify.annotations.NullMarked;
