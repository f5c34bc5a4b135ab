package dev.heliograph.admin;

import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route.Match;
import java.util.function.Function;

/**
 * One thing that an operator can ask for or have done, with the admin token.
 *
 * @param path below {@value #PREFIX}, so that a proxy can let monitoring in and leave this out
 * @param answer called on a thread that may wait; an {@link OperatorRefusal} becomes its answer
 */
public record OperatorDoor(
        String method, String path, Match match, BodyLimits limits, Function<Request, Response> answer) {
    private static final String PREFIX = "/admin/";

    public OperatorDoor {
        if (!path.startsWith(PREFIX)) {
            throw new IllegalArgumentException("path " + path + ": expected one below " + PREFIX);
        }
    }

    /** An answer that is printed as JSON and kept by nobody. */
    public static Response json(int status, Object body) {
        return Response.json(status, new StateWriter().json(body)).with("Cache-Control", "no-store");
    }

    /** One that only looks. */
    public static OperatorDoor get(String path, Function<Request, Response> answer) {
        return new OperatorDoor("GET", path, Match.EXACT, BodyLimits.NONE, answer);
    }
}
