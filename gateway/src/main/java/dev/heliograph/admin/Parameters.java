package dev.heliograph.admin;

import dev.heliograph.http.Request;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The query of an operator's request: names that are known, each at most once. Immutable. */
public final class Parameters {
    private static final int DIGITS_MAX = 9;

    private final Request request;

    private Parameters(Request request) {
        this.request = request;
    }

    /** @throws OperatorRefusal if the query has another name, or one twice */
    public static Parameters of(Request request, Set<String> known) {
        for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
            if (!known.contains(parameter.getKey())) {
                throw OperatorRefusal.badRequest("parameter " + parameter.getKey() + ": not known; expected "
                        + String.join(", ", new TreeSet<>(known)));
            }
            if (parameter.getValue().size() > 1) {
                throw OperatorRefusal.badRequest("parameter " + parameter.getKey() + ": given more than once");
            }
        }
        return new Parameters(request);
    }

    /** Null: not given. */
    public @Nullable String text(String name) {
        return request.parameter(name);
    }

    /** A whole number from 1 to {@code max}. */
    public int count(String name, int fallback, int max) {
        String given = request.parameter(name);
        if (given == null) {
            return fallback;
        }
        boolean digits = given.length() <= DIGITS_MAX && given.matches("[0-9]+");
        if (!digits || Integer.parseInt(given) < 1 || Integer.parseInt(given) > max) {
            throw OperatorRefusal.badRequest("parameter " + name + ": " + given + " is not a number from 1 to " + max);
        }
        return Integer.parseInt(given);
    }
}
