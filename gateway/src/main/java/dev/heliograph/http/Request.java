package dev.heliograph.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One whole request. Immutable; any thread.
 *
 * @param method upper case
 * @param path decoded once, without query; begins with one slash and holds no {@code .} or {@code ..} segment
 * @param query parameters in order of appearance; the first value is what single-valued readers take
 * @param headers with lower-case names; values in order of appearance
 * @param body as the producer meant it: de-chunked and decompressed
 * @param client the address of who sent it, as far as that can be believed: behind trusted proxies what they say, else the socket's other end
 * @param receivedNanos {@link System#nanoTime} when the whole request had been read
 */
public record Request(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, List<String>> headers,
        byte[] body,
        InetAddress client,
        long receivedNanos) {
    /** The first header of that lower-case name. */
    public @Nullable String header(String name) {
        List<String> values = headers.get(name);
        return values == null ? null : values.getFirst();
    }

    /** What {@code Authorization} gives in that scheme, whatever its case; null if it gives none. */
    public @Nullable String credentials(String scheme) {
        String given = header("authorization");
        int end = scheme.length();
        if (given == null || !given.regionMatches(true, 0, scheme, 0, end) || !given.startsWith(" ", end)) {
            return null;
        }
        return given.substring(end + 1).strip();
    }

    /** The token of {@code Authorization: Bearer}; null if there is none. */
    public @Nullable String bearer() {
        return credentials("bearer");
    }

    /** The first query parameter of that name. */
    public @Nullable String parameter(String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.getFirst();
    }
}
