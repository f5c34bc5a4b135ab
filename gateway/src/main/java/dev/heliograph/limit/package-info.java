/** How much of something is let through: token buckets, and how many of one kind are here at once. */
@NullMarked
package dev.heliograph.limit;

import org.jspecify.annotations.NullMarked;
