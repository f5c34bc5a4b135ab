package dev.heliograph.http;

import dev.heliograph.http.Resolution.Answered;
import dev.heliograph.http.Resolution.Handled;
import dev.heliograph.metrics.HttpRefusal;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request from its head to its one answer. Its body is the event loop's until it is whole; then its handler's. The answer may come on any thread. */
final class Exchange implements Consumer<Response> {
    /** Bodies up to this, if plain, are handled on the event loop. */
    static final int LOOP_BODY_BYTES_MAX = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final byte[] NO_BODY = new byte[0];

    private final HttpConnection connection;
    private final Served served;
    private final RequestHead head;
    private final Resolution resolution;
    private final AtomicBoolean answered = new AtomicBoolean();
    private ContentEncoding encoding = ContentEncoding.IDENTITY;
    private @Nullable Body body;
    private @Nullable Runnable whenGone;
    private volatile @Nullable Runnable whenAnswered;
    private boolean gone;

    Exchange(HttpConnection connection, Served served, RequestHead head) throws Refused {
        this.connection = connection;
        this.served = served;
        this.head = head;
        this.resolution = served.router().resolve(head);
    }

    RequestHead head() {
        return head;
    }

    Resolution resolution() {
        return resolution;
    }

    /** Decides from the head alone whether the body is worth reading. */
    void onHead() throws Refused {
        if (head.hasBody() && resolution instanceof Handled(Route route)) {
            encoding = ContentEncoding.of(head, route.limits());
            body = new Body(head, route.limits(), served.room());
        }
    }

    void onContent(ByteBuf content) throws Refused {
        if (body != null) {
            body.add(content);
        }
    }

    /** The body has arrived. */
    void onWhole() {
        switch (resolution) {
            case Handled(Route route) -> onHandled(route);
            case Answered(Response response, HttpRefusal refusal) -> {
                if (refusal != null) {
                    served.count(refusal);
                }
                accept(response);
            }
            case Resolution.Upgrading upgrading -> throw new IllegalStateException("an upgrade has no answer here");
        }
    }

    private void onHandled(Route route) {
        if (encoding == ContentEncoding.IDENTITY && (body == null || body.length() <= LOOP_BODY_BYTES_MAX)) {
            handle(route);
        } else if (!served.workers().offer(() -> handle(route))) {
            served.count(HttpRefusal.OVERLOAD);
            accept(Errors.overloaded("too many request bodies wait to be handled"));
        }
    }

    private void handle(Route route) {
        try {
            byte[] inflated = body == null ? NO_BODY : Inflation.inflate(encoding, body.whole(), route.limits());
            switch (route.handler()) {
                case Handler handler -> handler.handle(request(inflated), this);
                case OpenHandler open -> open.handle(new Held(connection, this, request(inflated)));
            }
        } catch (Refused refusal) {
            served.count(refusal.reason());
            accept(refusal.response());
        } catch (RuntimeException | Error failure) {
            accept(served.failed(route.method() + " " + route.path() + " failed", failure));
        }
    }

    Request request(byte[] bytes) {
        return new Request(
                head.method(),
                head.path(),
                head.target().query(),
                head.headers(),
                bytes,
                connection.client(head),
                served.nanoTime());
    }

    @Override
    public void accept(Response response) {
        if (end()) {
            connection.execute(() -> connection.onAnswer(this, decorated(response)));
        } else {
            LOG.warn(
                    "a second answer to {} was dropped",
                    resolution instanceof Handled(Route r) ? r.path() : "a request");
        }
    }

    void whenGone(Runnable task) {
        if (gone) {
            task.run();
        } else {
            whenGone = task;
        }
    }

    /** Nobody waits for the answer any more, or the server ends: one that is held is let go. */
    void onGone() {
        gone = true;
        Runnable task = whenGone;
        whenGone = null;
        if (task != null) {
            task.run();
        }
    }

    /** Marks it answered and gives back the room of its body; false if it was answered before. */
    boolean end() {
        if (!answered.compareAndSet(false, true)) {
            return false;
        }
        if (body != null) {
            body.release();
        }
        Runnable task = whenAnswered;
        if (task != null) {
            task.run();
        }
        return true;
    }

    /** That there is no room now, as its route says it. */
    Response refusedForNow(String message) {
        Response plain = Errors.unavailable(message);
        return resolution instanceof Handled(Route route) && route.handler() instanceof OpenHandler open
                ? decorated(open.refusedForNow(request(NO_BODY), plain, message))
                : plain;
    }

    /** To be run once it is answered. Before that. */
    void whenAnswered(Runnable task) {
        whenAnswered = task;
    }

    /** With what its route lets a page of another origin see. */
    Response decorated(Response response) {
        return resolution instanceof Handled(Route route) ? route.cors().onAnswer(head, response) : response;
    }
}
