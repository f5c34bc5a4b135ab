package dev.heliograph.auth;

import java.util.function.Consumer;

/** Checks tokens. Any thread. */
public interface TokenVerifier {
    /**
     * Calls {@code done} exactly once: on this thread where the key is at hand, on another where it has to be fetched first.
     *
     * @param token a compact JWT, of any content
     */
    void verify(String token, Consumer<Verdict> done);

    /** Changes whenever something is revoked: who was verified before is then to be asked about with {@link #isRevoked}. */
    default long revocations() {
        return 0;
    }

    /** Whether the token that this principal came from is revoked. */
    default boolean isRevoked(Principal principal) {
        return false;
    }
}
