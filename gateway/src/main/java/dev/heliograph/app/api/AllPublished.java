package dev.heliograph.app.api;

import dev.heliograph.broker.Receipt;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The publications of one request: it is answered when all of them are published. Any thread. */
final class AllPublished implements Receipt {
    private final CompletableFuture<@Nullable Void> all = new CompletableFuture<>();
    // Under this object's lock:
    private int open = 1;
    private @Nullable ProtocolException failure;

    /** One more is on its way. */
    synchronized void begin() {
        open++;
    }

    @Override
    public void published(Publication publication) {
        end(null);
    }

    @Override
    public void refused(ProtocolException refusal) {
        end(refusal);
    }

    /** One of them is published; or not, for a cause. */
    void end(@Nullable ProtocolException cause) {
        ProtocolException first;
        synchronized (this) {
            failure = failure == null ? cause : failure;
            if (--open > 0) {
                return;
            }
            first = failure;
        }
        if (first == null) {
            all.complete(null);
        } else {
            all.completeExceptionally(first);
        }
    }

    /**
     * All of them are on their way.
     *
     * @param answer asked for when they are published
     * @return fails with the refusal of the first that is not
     */
    CompletableFuture<Response> then(Supplier<Response> answer) {
        end(null);
        return all.thenApply(_ -> answer.get());
    }
}
