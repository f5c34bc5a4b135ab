package dev.heliograph.websocket;

import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.egress.OutboxContext;
import io.netty.channel.EventLoop;

/** What the WebSocket connections of one event loop share. */
public record WebSocketLoop(EventLoop eventLoop, LoopHub hub, OutboxContext outboxes, LoopConnections connections) {}
