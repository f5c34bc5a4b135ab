package dev.heliograph.store;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A change that waits to be made, and whoever waits to be told that it is durable. Made and told on the store's thread. */
final class Change {
    private final Runnable change;
    private final CompletableFuture<Void> durable = new CompletableFuture<>();
    private @Nullable Throwable fault;

    Change(Runnable change) {
        this.change = change;
    }

    CompletableFuture<Void> durable() {
        return durable;
    }

    /** A change that fails by a fault of its own fails alone. */
    void onMake() {
        try {
            change.run();
        } catch (RuntimeException | Error e) {
            fault = e;
        }
    }

    void onDurable() {
        if (fault == null) {
            durable.complete(null);
        } else {
            durable.completeExceptionally(fault);
        }
    }

    void onFailure(StoreException failure) {
        durable.completeExceptionally(failure);
    }
}
