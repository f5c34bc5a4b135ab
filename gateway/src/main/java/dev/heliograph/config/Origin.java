package dev.heliograph.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A web origin as RFC 6454 serialises it, normalised: lower case, its port always known. Compared as a whole, never by prefix or suffix.
 *
 * @param host a name in ASCII, an IPv4 address, or an IPv6 address in brackets
 */
public record Origin(String scheme, String host, int port) {
    private static final int LENGTH_MAX = 300;
    private static final Pattern SERIALISED = Pattern.compile(
            "(https?)://([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?",
            Pattern.CASE_INSENSITIVE);

    /** Null: not an origin with http or https, e.g. {@code null}, or one with a path, a user, a trailing dot or letters beyond ASCII. */
    public static @Nullable Origin parse(String text) {
        Matcher parts = SERIALISED.matcher(text);
        if (text.length() > LENGTH_MAX || !parts.matches() || text.contains("..")) {
            return null;
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        int port = parts.group(3) == null ? defaultPort(scheme) : Integer.parseInt(parts.group(3));
        return port < 1 || port > 65_535
                ? null
                : new Origin(scheme, parts.group(2).toLowerCase(Locale.ROOT), port);
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }
}
