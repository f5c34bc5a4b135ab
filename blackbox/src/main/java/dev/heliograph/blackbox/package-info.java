/** A packaged gateway as a process, and an independent client of it, for whatever tests the two from outside. */
@NullMarked
package dev.heliograph.blackbox;

import org.jspecify.annotations.NullMarked;
