/** The operator's listener: health, readiness, state, metrics. */
@NullMarked
package dev.heliograph.admin;

import org.jspecify.annotations.NullMarked;
