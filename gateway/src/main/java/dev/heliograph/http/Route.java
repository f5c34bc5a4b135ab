package dev.heliograph.http;

/**
 * Who answers one method on one path, or on all paths below it.
 *
 * @param method upper case; GET answers HEAD too, unless its handler is an {@link OpenHandler}
 * @param path of {@link Match#BELOW} and {@link Match#FALLBACK}: ends with a slash
 */
public record Route(String method, String path, Match match, BodyLimits limits, Cors cors, Handling handler) {
    /** Which paths a route takes. */
    public enum Match {
        EXACT,
        /** The path, and the same with one slash behind it. */
        SLASH_OR_NOT,
        /** Every path that begins with it, unless a longer one or an exact one takes it. */
        BELOW,
        /** As {@link #BELOW}, for what no other route names; with another method such a path is unknown. */
        FALLBACK
    }

    public Route {
        boolean open = match == Match.BELOW || match == Match.FALLBACK;
        if (!path.startsWith("/") || (open && !path.endsWith("/"))) {
            throw new IllegalArgumentException("path " + path + " of a route: expected a leading slash"
                    + (open ? ", and one at its end since it is a prefix" : ""));
        }
    }

    /** A path without a body, readable by its own origin. */
    public static Route get(String path, Handler handler) {
        return new Route("GET", path, Match.EXACT, BodyLimits.NONE, Cors.NONE, handler);
    }

    public static Route post(String path, BodyLimits limits, Handler handler) {
        return new Route("POST", path, Match.EXACT, limits, Cors.NONE, handler);
    }

    public Route matching(Match other) {
        return new Route(method, path, other, limits, cors, handler);
    }

    public Route with(Cors other) {
        return new Route(method, path, match, limits, other, handler);
    }
}
