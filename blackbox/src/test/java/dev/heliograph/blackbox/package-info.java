@NullMarked
package dev.heliograph.blackbox;

import org.jspecify.annotations.NullMarked;
