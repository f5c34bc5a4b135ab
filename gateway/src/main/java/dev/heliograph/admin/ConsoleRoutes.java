package dev.heliograph.admin;

import dev.heliograph.http.Response;
import dev.heliograph.http.Route;
import dev.heliograph.http.Router;
import dev.heliograph.http.StaticFiles;

/** The operator's console at {@code /console/}: files that hold no secret and need no token; what they show, they ask for with the token that a person gives them. */
final class ConsoleRoutes {
    static final String PATH = "/console";

    private static final String FOLDER = "META-INF/heliograph/console/";
    /** Nothing but what this listener serves. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private ConsoleRoutes() {}

    static void register(Router router) {
        // relative, for whoever comes by a proxy that knows it under a longer path
        router.add(Route.get(
                PATH, (_, respond) -> respond.accept(Response.empty(308).with("Location", "." + PATH + "/"))));
        var files = new StaticFiles(ConsoleRoutes.class.getClassLoader(), FOLDER, PATH + "/", POLICY);
        router.add(Route.get(PATH + "/", files).matching(Route.Match.BELOW));
    }
}
