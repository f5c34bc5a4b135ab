package dev.heliograph.http;

import java.util.function.Consumer;

/**
 * Answers one request. It is called on the connection's event loop for a small plain body and on a virtual thread for a large or compressed one, so it
 * must not block for long.
 */
@FunctionalInterface
public non-sealed interface Handler extends Handling {
    /** @param respond to be called exactly once, now or later, from any thread */
    void handle(Request request, Consumer<Response> respond);
}
