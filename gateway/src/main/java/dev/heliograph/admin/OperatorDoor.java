package dev.heliograph.admin;

import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route.Match;
import java.util.function.Function;

/**
 * One thing that an operator can ask for or have done, with the admin token.
 *
 * @param answer called on a thread that may wait; an {@link OperatorRefusal} becomes its answer
 */
public record OperatorDoor(
        String method, String path, Match match, BodyLimits limits, Function<Request, Response> answer) {
    /** An answer that is printed as JSON and kept by nobody. */
    public static Response json(int status, Object body) {
        return Response.json(status, new StateWriter().json(body)).with("Cache-Control", "no-store");
    }

    /** One that only looks. */
    public static OperatorDoor get(String path, Function<Request, Response> answer) {
        return new OperatorDoor("GET", path, Match.EXACT, BodyLimits.NONE, answer);
    }
}
