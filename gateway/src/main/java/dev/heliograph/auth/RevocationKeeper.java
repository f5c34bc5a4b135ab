package dev.heliograph.auth;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where revocations lie while the gateway does not run. Any thread. */
public interface RevocationKeeper {
    /** For a gateway without a store: nowhere. */
    RevocationKeeper NOWHERE = new RevocationKeeper() {
        @Override
        public boolean outlivesRestart() {
            return false;
        }

        @Override
        public List<Revocation> load() {
            return List.of();
        }

        @Override
        public CompletableFuture<Void> keep(Revocation revocation) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> forget(String id) {
            return CompletableFuture.completedFuture(null);
        }
    };

    /** Whether what is kept is there after a restart. */
    boolean outlivesRestart();

    /** All that are kept. */
    List<Revocation> load();

    /** Keeps one, in place of the one with the same id; done when it is durable. */
    CompletableFuture<Void> keep(Revocation revocation);

    /** Done when that one is kept no more. */
    CompletableFuture<Void> forget(String id);
}
