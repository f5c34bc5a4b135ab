package dev.heliograph.http;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** A request that its handler may hold for long. Decided once, from any thread. */
public final class Held {
    private final HttpConnection connection;
    private final Exchange exchange;
    private final Request request;

    Held(HttpConnection connection, Exchange exchange, Request request) {
        this.connection = connection;
        this.exchange = exchange;
        this.request = request;
    }

    public Request request() {
        return request;
    }

    /** The connection's. */
    public EventLoop eventLoop() {
        return connection.channel().eventLoop();
    }

    /**
     * Counts the request among the connections of its client's address until it is answered. Once, on the event loop.
     *
     * @return false if there are as many as may be
     */
    public boolean enters() {
        Runnable leave = connection.entersForNow(request.client());
        if (leave == null) {
            return false;
        }
        exchange.whenAnswered(leave);
        return true;
    }

    /** Answers it; the connection goes on. */
    public void answer(Response response) {
        exchange.accept(response);
    }

    /**
     * Answers with a head behind which the body goes on for as long as the connection does, then hands the connection over, on its event loop. If it has closed
     * meanwhile, it is not handed over.
     *
     * @param head without {@code Content-Length}; its body is not sent
     * @param tooMany is to answer instead where as many connections of the client's address have left HTTP as may
     */
    public void stream(Response head, Consumer<Departed> owner, Runnable tooMany) {
        connection.execute(() -> {
            if (!connection.enters(request.client())) {
                tooMany.run();
            } else if (exchange.end()) {
                connection.onStream(exchange, exchange.decorated(head), owner);
            }
        });
    }

    /** Runs the task once if nobody waits for the answer any more, or the server ends: now, if that is so already. To be called on the event loop. */
    public void whenGone(Runnable task) {
        exchange.whenGone(task);
    }
}
