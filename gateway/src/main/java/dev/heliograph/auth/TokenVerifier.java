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
}
