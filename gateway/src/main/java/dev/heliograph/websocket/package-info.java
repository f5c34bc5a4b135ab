/** Upgrade, bytes to frames to messages, close handshake, liveness. */
@NullMarked
package dev.heliograph.websocket;

import org.jspecify.annotations.NullMarked;
