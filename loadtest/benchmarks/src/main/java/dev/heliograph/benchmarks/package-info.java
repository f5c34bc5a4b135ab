/** What the benchmarks share, and what needs no package-private access. */
@NullMarked
package dev.heliograph.benchmarks;

import org.jspecify.annotations.NullMarked;
