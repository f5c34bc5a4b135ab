package dev.heliograph.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request's target, read strictly (RFC 9112 §3.2, RFC 3986 §3.3): what could name one resource here and another one elsewhere is refused rather than
 * normalised.
 *
 * @param authority of an absolute target, else null
 * @param path decoded once
 */
record Target(@Nullable String authority, String path, Map<String, List<String>> query) {
    static Target parse(String raw) throws Refused {
        return isPlain(raw) ? new Target(null, raw, Map.of()) : parseAny(raw);
    }

    /** Whether it is a path of which every segment is letters, digits, hyphens and underscores: nothing in it could be read in two ways. */
    private static boolean isPlain(String raw) {
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            return false;
        }
        for (int i = 1; i < raw.length(); i++) {
            char c = raw.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '-' && c != '_' && (c != '/' || raw.charAt(i - 1) == '/')) {
                return false;
            }
        }
        return true;
    }

    private static Target parseAny(String raw) throws Refused {
        String authority = null;
        String rest = raw;
        int scheme = schemeLength(raw);
        if (scheme > 0) {
            int end = endOfAuthority(raw, scheme);
            authority = raw.substring(scheme, end);
            rest = raw.substring(end);
        }
        if (rest.isEmpty() || rest.charAt(0) != '/') {
            throw Refused.malformed("the target is neither a path nor an http URL with one");
        }
        if (rest.indexOf('#') >= 0) {
            throw Refused.malformed("the target holds a fragment");
        }
        int mark = rest.indexOf('?');
        String path = mark < 0 ? rest : rest.substring(0, mark);
        return new Target(authority, path(path), mark < 0 ? Map.of() : query(rest.substring(mark + 1)));
    }

    private static int schemeLength(String raw) {
        String lower = raw.substring(0, Math.min(raw.length(), 8)).toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : 0;
    }

    private static int endOfAuthority(String raw, int from) {
        for (int i = from; i < raw.length(); i++) {
            if ("/?#".indexOf(raw.charAt(i)) >= 0) {
                return i;
            }
        }
        return raw.length();
    }

    private static String path(String raw) throws Refused {
        String lower = raw.toLowerCase(Locale.ROOT);
        if (lower.contains("%2f") || lower.contains("%5c") || raw.indexOf('\\') >= 0) {
            throw Refused.malformed("the path holds a backslash or an escaped slash");
        }
        if (raw.contains("//")) {
            throw Refused.malformed("the path holds an empty segment");
        }
        String path = unescape(raw, false);
        if (path.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw Refused.malformed("the path holds a control byte");
        }
        if (path.contains("/./") || path.contains("/../") || path.endsWith("/.") || path.endsWith("/..")) {
            throw Refused.malformed("the path holds a dot segment");
        }
        return path;
    }

    private static Map<String, List<String>> query(String raw) throws Refused {
        var parameters = new LinkedHashMap<String, List<String>>();
        for (int start = 0; start <= raw.length(); ) {
            int end = raw.indexOf('&', start);
            end = end < 0 ? raw.length() : end;
            if (end > start) {
                String pair = raw.substring(start, end);
                int equals = pair.indexOf('=');
                String name = unescape(equals < 0 ? pair : pair.substring(0, equals), true);
                String value = equals < 0 ? "" : unescape(pair.substring(equals + 1), true);
                parameters.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
            }
            start = end + 1;
        }
        return Collections.unmodifiableMap(parameters);
    }

    /** Percent-decoding of ASCII to UTF-8 that is whole. */
    private static String unescape(String raw, boolean plusIsSpace) throws Refused {
        if (raw.indexOf('%') < 0 && (!plusIsSpace || raw.indexOf('+') < 0)) {
            return raw;
        }
        var bytes = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.put((byte) escaped(raw, i));
                i += 2;
            } else {
                bytes.put((byte) (c == '+' && plusIsSpace ? ' ' : c));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException notUtf8) {
            throw Refused.malformed("the target's escapes are not UTF-8");
        }
    }

    private static int escaped(String raw, int percent) throws Refused {
        int high = percent + 2 < raw.length() ? Character.digit(raw.charAt(percent + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(raw.charAt(percent + 2), 16);
        if (low < 0) {
            throw Refused.malformed("the target holds a broken escape");
        }
        return (high << 4) | low;
    }
}
