/** Benchmarks of the codec, in its package to reach what is private to it. */
@NullMarked
package dev.heliograph.protocol.codec;

import org.jspecify.annotations.NullMarked;
