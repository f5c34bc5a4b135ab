/** Why a client did or did not get something, found out for the operator at a bounded cost. */
@NullMarked
package dev.heliograph.explain;

import org.jspecify.annotations.NullMarked;
