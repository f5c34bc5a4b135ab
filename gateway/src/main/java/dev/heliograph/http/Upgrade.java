package dev.heliograph.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

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

    /** The connection's channel; its pipeline is the HTTP server's until {@link #accept}. */
    public Channel channel() {
        return connection.channel();
    }

    /** Answers and closes: a client that wanted to leave HTTP may have sent bytes that are not HTTP. */
    public void refuse(Response response) {
        decide();
        connection.execute(() -> connection.onUpgradeRefused(response));
    }

    /**
     * Answers 101 with these headers beside {@code Upgrade} and {@code Connection}, takes every HTTP handler away, puts the successor in, passes on the
     * bytes that came behind the request, and reads on. The successor is added to a channel that is active already. If the connection has closed
     * meanwhile, the successor is not added.
     *
     * @param name the successor's in the pipeline
     */
    public void accept(Map<String, String> headers, ChannelHandler successor, String name) {
        decide();
        connection.execute(() -> connection.onUpgradeAccepted(headers, successor, name));
    }

    private void decide() {
        if (!decided.compareAndSet(false, true)) {
            throw new IllegalStateException("this upgrade is decided already");
        }
    }
}
