package dev.heliograph.metrics;

import java.util.Locale;

/** How a client is connected: by which transport, and in which protocol. */
public enum ClientKind implements Label {
    /** The native protocol over a WebSocket. */
    WEBSOCKET,
    /** Pusher's protocol over a WebSocket. */
    PUSHER,
    /** Dazzle's names over a WebSocket. */
    DAZZLE,
    /** Server-sent events. */
    EVENT_STREAM,
    /** A poll that waits. */
    POLL;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String key() {
        return "kind";
    }
}
