package dev.heliograph.webhook;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** The body of an answer that nobody reads: up to 64 KiB are let by, so that the connection can be used again; one that is longer ends with its connection. */
final class Discarded implements BodySubscriber<Void> {
    static final int BYTES_MAX = 64 << 10;

    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private @Nullable Subscription body;
    private long bytes;

    @Override
    public CompletionStage<Void> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        body = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            bytes += piece.remaining();
        }
        if (bytes > BYTES_MAX && body != null) {
            body.cancel();
            end.complete(null);
        }
    }

    @Override
    public void onError(Throwable cause) {
        end.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        end.complete(null);
    }
}
