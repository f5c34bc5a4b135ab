@NullMarked
package dev.heliograph.pusherclients;

import org.jspecify.annotations.NullMarked;
