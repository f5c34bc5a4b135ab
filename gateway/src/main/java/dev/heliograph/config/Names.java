package dev.heliograph.config;

import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kinds of names, addresses and patterns that settings hold. */
final class Names {
    private static final String CHANNEL_CHARACTERS = "A-Z a-z 0-9 _ - = @ , . ; : /";

    static final ValueType<String> NAME =
            ValueType.text("[A-Za-z0-9_-]{1,64}", "1 to 64 characters of A-Z a-z 0-9 _ -");
    static final ValueType<String> OPTIONAL =
            ValueType.text("[A-Za-z0-9_-]{0,64}", "up to 64 characters of A-Z a-z 0-9 _ -");
    static final ValueType<String> NODE =
            ValueType.text("[A-Za-z0-9._-]{0,64}", "up to 64 characters of A-Z a-z 0-9 . _ -");
    static final ValueType<String> SOURCE =
            ValueType.text("[A-Za-z0-9._-]{1,64}", "1 to 64 characters of A-Z a-z 0-9 . _ -");
    static final ValueType<String> KID =
            ValueType.text("[A-Za-z0-9._-]{1,64}", "1 to 64 characters of A-Z a-z 0-9 . _ -");
    static final ValueType<String> HOST =
            ValueType.text("[A-Za-z0-9._:-]{1,253}", "an address or host name, e.g. 127.0.0.1 or 0.0.0.0");
    static final ValueType<Network> NETWORK = new ValueType<>(
            "an address, or a network without bits behind its prefix, e.g. 10.0.0.0/8 or ::1",
            Network::parse,
            Network::toString);
    static final ValueType<String> FILE = ValueType.text("[^\\x00]{1,4096}", "the path of a file");
    static final ValueType<Integer> PORT = ValueType.integer(0, 65_535);
    static final ValueType<String> CLAIM = ValueType.text("\\S{1,200}", "1 to 200 characters without spaces");
    static final ValueType<String> PROPERTY =
            ValueType.text("[^\\s,]([^,\\p{Cntrl}]{0,198}[^\\s,])?", "a key of 1 to 200 characters without commas");
    static final ValueType<String> CHANNEL_OR_EMPTY =
            ValueType.text("[A-Za-z0-9_=@,.;:/-]{0,200}", "a channel: up to 200 characters of " + CHANNEL_CHARACTERS);
    static final ValueType<String> CHANNEL_PATTERN = ValueType.text(
            "[A-Za-z0-9_=@,.;:/*-]{1,200}",
            "a channel pattern: 1 to 200 characters of " + CHANNEL_CHARACTERS + " and * for any run");
    static final ValueType<String> ORIGIN = new ValueType<>(
            "'self', or scheme, host and port as browsers send them, e.g. https://app.example.com",
            text -> text.equals("self") || Origin.parse(text) != null ? text : null,
            Function.identity());
    static final ValueType<String> OTHER_ORIGIN = new ValueType<>(
            "scheme, host and port as browsers send them, e.g. https://raw.githubusercontent.com",
            text -> Origin.parse(text) != null ? text : null,
            Function.identity());
    static final ValueType<String> TOKEN_URL = new ValueType<>(
            "empty, a path beginning with /, or an http or https URL",
            text -> text.isEmpty() || text.matches("/[^/\\\\\\s]\\S*") || isHttp(uri(text)) ? text : null,
            text -> text.isEmpty() ? "empty" : text);
    static final ValueType<URI> KEYS_URL = new ValueType<>(
            "an https URL without user and fragment (http only to this machine)",
            text -> isKeysUrl(uri(text)) ? uri(text) : null,
            URI::toString);

    static final ValueType<URI> HTTP_URL = new ValueType<>(
            "an http or https URL without user and fragment",
            text -> isEndpoint(uri(text)) ? uri(text) : null,
            URI::toString);
    static final ValueType<String> PATH_PREFIX = ValueType.text(
            "(/[A-Za-z0-9._~-]{1,64}){0,8}", "empty, or a path that begins with / and does not end with it");

    private Names() {}

    private static @Nullable URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static boolean isHttp(@Nullable URI uri) {
        return uri != null
                && uri.getHost() != null
                && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
    }

    private static boolean isEndpoint(@Nullable URI uri) {
        return isHttp(uri) && uri != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
    }

    private static boolean isKeysUrl(@Nullable URI uri) {
        if (uri == null || !isEndpoint(uri)) {
            return false;
        }
        return "https".equals(uri.getScheme()) || uri.getHost().matches("localhost|127\\.0\\.0\\.1|\\[::1]");
    }
}
