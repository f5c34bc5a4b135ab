/** Tests of the bench. */
@NullMarked
package dev.heliograph.loadtest.bench;

import org.jspecify.annotations.NullMarked;
