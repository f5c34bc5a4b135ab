/** Benchmarks of the loop and stress tests of what is lock-free in it, in its package to reach what is private to it. */
@NullMarked
package dev.heliograph.broadcast;

import org.jspecify.annotations.NullMarked;
