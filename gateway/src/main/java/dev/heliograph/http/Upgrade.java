package dev.heliograph.http;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A GET request with {@code Upgrade: websocket} that waits for its decision, once; while it waits, nothing is read and bytes that came right behind it
 * are kept. Any thread.
 */
public final class Upgrade {
    private final HttpConnection connection;
    private final Request request;
    private final AtomicBoolean decided = new AtomicBoolean();

    Upgrade(HttpConnection connection, Request request) {
        this.connection = connection;
        this.request = request;
    }

    public Request request() {
        return request;
    }

    /** Answers and closes: a client that wanted to leave HTTP may have sent bytes that are not HTTP. */
    public void refuse(Response response) {
        decide();
        connection.execute(() -> connection.onUpgradeRefused(response));
    }

    /**
     * Answers 101 with these headers beside {@code Upgrade} and {@code Connection}, then hands the connection over, on its event loop, with the bytes that
     * came behind the request. If it has closed meanwhile, or closes before the end, it is not handed over.
     */
    public void accept(Map<String, String> headers, Consumer<Departed> owner) {
        decide();
        connection.execute(() -> connection.onUpgradeAccepted(headers, owner));
    }

    private void decide() {
        if (!decided.compareAndSet(false, true)) {
            throw new IllegalStateException("this upgrade is decided already");
        }
    }
}
