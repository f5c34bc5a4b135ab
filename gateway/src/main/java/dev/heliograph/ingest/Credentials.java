package dev.heliograph.ingest;

import dev.heliograph.config.Secret;
import dev.heliograph.http.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What a request's headers say about who sends it. Pure. */
final class Credentials {
    private Credentials() {}

    /**
     * The write key of {@code Authorization: Basic base64(key:)}, whose colon may be missing, else of {@code X-Write-Key}; null if there is neither.
     *
     * @throws IllegalArgumentException if the former cannot be read
     */
    static @Nullable String writeKey(Request request) {
        String basic = request.credentials("basic");
        if (basic != null) {
            String decoded = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            return colon < 0 ? decoded : decoded.substring(0, colon);
        }
        return request.header("x-write-key");
    }

    /** Whether the request carries that secret as its bearer token, told in constant time. */
    static boolean carries(Request request, Secret secret) {
        String token = request.bearer();
        return token != null && secret.matches(token);
    }
}
