/** The operator's listener: health, readiness, state, metrics, revocations, the console's files. */
@NullMarked
package dev.heliograph.admin;

import org.jspecify.annotations.NullMarked;
