/** Gatling simulations; each names its knobs, which are environment variables, at its top. */
@NullMarked
package dev.heliograph.loadtest;

import org.jspecify.annotations.NullMarked;
