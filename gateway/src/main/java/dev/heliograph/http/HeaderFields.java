package dev.heliograph.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's header fields in the order in which they came, found by their names in lower case. They are few, and most of them nobody asks for: walking them
 * costs less than putting each into a table. Immutable; any thread.
 */
final class HeaderFields extends AbstractMap<String, List<String>> {
    /** Names and values in turn. */
    private final CharSequence[] fields;

    private HeaderFields(CharSequence[] fields) {
        this.fields = fields;
    }

    static HeaderFields of(HttpHeaders headers) {
        var fields = new CharSequence[2 * headers.size()];
        int at = 0;
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence(); all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            fields[at++] = field.getKey();
            fields[at++] = field.getValue();
        }
        return new HeaderFields(fields);
    }

    /** The value of the first field of that name. */
    @Nullable
    String first(String name) {
        int at = next(name, 0);
        return at < 0 ? null : fields[at + 1].toString();
    }

    /** The values of all fields of that name. */
    List<String> all(String name) {
        int at = next(name, 0);
        if (at < 0) {
            return List.of();
        }
        int other = next(name, at + 2);
        if (other < 0) {
            return List.of(fields[at + 1].toString());
        }
        var found = new ArrayList<String>();
        for (; at >= 0; at = next(name, at + 2)) {
            found.add(fields[at + 1].toString());
        }
        return Collections.unmodifiableList(found);
    }

    boolean has(String name) {
        return next(name, 0) >= 0;
    }

    private int next(String name, int from) {
        for (int i = from; i < fields.length; i += 2) {
            if (AsciiString.contentEqualsIgnoreCase(fields[i], name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public @Nullable List<String> get(@Nullable Object name) {
        List<String> found = name instanceof String text && isLower(text) ? all(text) : List.of();
        return found.isEmpty() ? null : found;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return get(name) != null;
    }

    /** The names are in lower case, as in any map nothing else is found. */
    private static boolean isLower(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 'A' && name.charAt(i) <= 'Z') {
                return false;
            }
        }
        return true;
    }

    @Override
    public Set<Map.Entry<String, List<String>>> entrySet() {
        var byName = new LinkedHashMap<String, List<String>>();
        for (int i = 0; i < fields.length; i += 2) {
            byName.computeIfAbsent(fields[i].toString().toLowerCase(Locale.ROOT), this::all);
        }
        return Collections.unmodifiableSet(byName.entrySet());
    }
}
