@NullMarked
package dev.heliograph.websocket;

import org.jspecify.annotations.NullMarked;
