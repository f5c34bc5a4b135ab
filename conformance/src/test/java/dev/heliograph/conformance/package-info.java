@NullMarked
package dev.heliograph.conformance;

import org.jspecify.annotations.NullMarked;
