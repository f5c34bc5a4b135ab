/** Who is this, and what may they do: tokens and write keys become a principal with grants. */
@NullMarked
package dev.heliograph.auth;

import org.jspecify.annotations.NullMarked;
