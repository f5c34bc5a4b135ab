@NullMarked
package dev.heliograph.server;

import org.jspecify.annotations.NullMarked;
