/** Benchmarks of the outbox, in its package to reach what is private to it. */
@NullMarked
package dev.heliograph.egress;

import org.jspecify.annotations.NullMarked;
