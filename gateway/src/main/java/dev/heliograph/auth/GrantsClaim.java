package dev.heliograph.auth;

import dev.heliograph.auth.Grants.Filtered;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.Filter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claim {@code grants}: for each operation a list of patterns, and of {@code {channel, filter}} to subscribe to. Nothing in it is passed over: a filter that
 * was not understood would grant everything. Source: docs/PROTOCOL.md, "Tokens".
 */
final class GrantsClaim {
    private static final int PATTERNS_MAX = 100;
    private static final int PATTERN_LENGTH_MAX = 200;
    private static final double EXACT_MAX = 0x1p53 - 1;
    private static final PlainJson JSON = new PlainJson();

    private final Map<Operation, List<String>> patterns = new EnumMap<>(Operation.class);
    private final List<Filtered> filtered = new ArrayList<>();

    private GrantsClaim() {}

    /** @param claim null: there is none, and nothing is granted */
    static Grants read(@Nullable Object claim, String subject) throws TokenRefused {
        var read = new GrantsClaim();
        if (claim != null) {
            read.lists(claim);
        }
        return new Grants(read.patterns, read.filtered, subject);
    }

    private void lists(Object claim) throws TokenRefused {
        if (!(claim instanceof Map<?, ?> lists)) {
            throw TokenClaims.bad("grants is no object");
        }
        for (Map.Entry<?, ?> entry : lists.entrySet()) {
            Operation operation = operation(String.valueOf(entry.getKey()));
            if (!(entry.getValue() instanceof List<?> list) || list.size() > PATTERNS_MAX) {
                throw TokenClaims.bad("grants has something other than lists of at most " + PATTERNS_MAX + " patterns");
            }
            list(operation, list);
        }
    }

    private static Operation operation(String name) throws TokenRefused {
        for (Operation operation : Operation.values()) {
            if (operation.name().toLowerCase(Locale.ROOT).equals(name)) {
                return operation;
            }
        }
        throw TokenClaims.bad(
                "grants names an operation other than subscribe, publish, presence, history, control, admin");
    }

    private void list(Operation operation, List<?> list) throws TokenRefused {
        var whole = new ArrayList<String>();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof Map<?, ?> part) {
                filtered.add(part(operation, i, part));
            } else {
                whole.add(pattern(list.get(i)));
            }
        }
        patterns.put(operation, whole);
    }

    private static String pattern(@Nullable Object item) throws TokenRefused {
        if (!(item instanceof String pattern) || pattern.isEmpty() || pattern.length() > PATTERN_LENGTH_MAX) {
            throw TokenClaims.bad(
                    "grants has something other than patterns of 1 to " + PATTERN_LENGTH_MAX + " characters");
        }
        return pattern;
    }

    private static Filtered part(Operation operation, int index, Map<?, ?> part) throws TokenRefused {
        String where = "grants." + operation.name().toLowerCase(Locale.ROOT) + "[" + index + "]";
        if (operation != Operation.SUBSCRIBE) {
            throw TokenClaims.bad(where + " is an object: a filter stands with subscribe, and holds for history, too");
        }
        if (part.size() != 2 || !part.containsKey("channel") || !(part.get("filter") instanceof Map<?, ?> filter)) {
            throw TokenClaims.bad(where + " is not {channel: pattern, filter: object}, with nothing else");
        }
        return new Filtered(pattern(part.get("channel")), filter(where + ".filter", filter));
    }

    private static Filter filter(String where, Map<?, ?> claim) throws TokenRefused {
        checkNumbers(where, claim);
        var object = new LinkedHashMap<String, Object>();
        claim.forEach((operator, operands) -> object.put(String.valueOf(operator), operands));
        try {
            return NativeCodec.filter(new String(JSON.serialize(object), StandardCharsets.UTF_8));
        } catch (DecodeException e) {
            throw TokenClaims.bad(where + ": " + e.getMessage());
        }
    }

    /** Filters compare doubles, which take large whole numbers for their neighbours: somebody else's id for one's own. */
    private static void checkNumbers(String where, @Nullable Object value) throws TokenRefused {
        switch (value) {
            case Map<?, ?> map -> {
                for (Object each : map.values()) {
                    checkNumbers(where, each);
                }
            }
            case List<?> list -> {
                for (Object each : list) {
                    checkNumbers(where, each);
                }
            }
            case Number number
            when Math.abs(number.doubleValue()) > EXACT_MAX ->
                throw TokenClaims.bad(where + ": " + number + " is beyond the numbers that are told apart, "
                        + (long) EXACT_MAX + " at most: use a string");
            case null, default -> {}
        }
    }
}
