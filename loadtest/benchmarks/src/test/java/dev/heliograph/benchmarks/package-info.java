/** That the benchmarks run, and what jcstress finds in a short time. */
@NullMarked
package dev.heliograph.benchmarks;

import org.jspecify.annotations.NullMarked;
