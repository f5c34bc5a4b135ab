/** Bytes to messages and back: the codec interface, WebSocket frames, encoded images. */
@NullMarked
package dev.heliograph.protocol.codec;

import org.jspecify.annotations.NullMarked;
