package dev.heliograph.streaming;

import dev.heliograph.websocket.WebSocketLoop;
import io.netty.buffer.ByteBuf;

/**
 * What the event streams and polls of one event loop share with its other connections, and what they have beside that.
 *
 * @param scratch direct memory for one send of a {@link CursorWire}, which may grow; released by whoever made it
 */
public record StreamLoop(WebSocketLoop clients, ByteBuf scratch) {}
