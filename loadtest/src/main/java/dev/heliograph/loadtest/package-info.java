/** What every load test needs, whichever drives it: marks in publications, frames read, ledgers held, reports written. */
@NullMarked
package dev.heliograph.loadtest;

import org.jspecify.annotations.NullMarked;
