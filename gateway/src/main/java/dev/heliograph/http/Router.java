package dev.heliograph.http;

import dev.heliograph.http.Resolution.Answered;
import dev.heliograph.http.Resolution.Handled;
import dev.heliograph.http.Resolution.Upgrading;
import dev.heliograph.metrics.HttpRefusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which handler answers which method and path. Filled before its server starts, by one thread; read by all loops from then on.
 *
 * <p>A path is looked up among the exact ones, then among the prefixes, longest first, then among the fallbacks. The first that knows the path decides:
 * another method there is 405.
 */
public final class Router {
    private static final Comparator<String> LONGEST_FIRST =
            Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder());

    private final Map<String, List<Route>> exact = new HashMap<>();
    private final Map<String, List<Route>> below = new HashMap<>();
    private final Map<String, List<Route>> fallbacks = new HashMap<>();
    private final Map<String, UpgradeHandler> upgrades = new HashMap<>();
    private final Map<String, UpgradeHandler> upgradesBelow = new HashMap<>();
    private final List<String> prefixes = new ArrayList<>();

    /** @throws IllegalArgumentException if that method and path have a route */
    public void add(Route route) {
        switch (route.match()) {
            case EXACT -> put(exact, route.path(), route);
            case SLASH_OR_NOT -> {
                String bare = stripped(route.path());
                put(exact, bare, route);
                put(exact, bare + "/", route);
            }
            case BELOW -> {
                put(below, route.path(), route);
                notePrefix(route.path());
            }
            case FALLBACK -> {
                put(fallbacks, route.path(), route);
                notePrefix(route.path());
            }
        }
    }

    private static void put(Map<String, List<Route>> routes, String path, Route route) {
        List<Route> there = routes.computeIfAbsent(path, p -> new ArrayList<>());
        if (there.stream().anyMatch(other -> other.method().equals(route.method()))) {
            throw new IllegalArgumentException(route.method() + " " + path + " has a route already");
        }
        there.add(route);
    }

    private void notePrefix(String path) {
        if (!prefixes.contains(path)) {
            prefixes.add(path);
            prefixes.sort(LONGEST_FIRST);
        }
    }

    private static String stripped(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** Who decides about WebSocket upgrades on that path, with or without a slash behind it; every other request there is answered with 426. */
    public void upgrade(String path, UpgradeHandler handler) {
        upgrades.put(stripped(path), handler);
    }

    /** The same for every path below a prefix that ends with a slash. */
    public void upgradeBelow(String prefix, UpgradeHandler handler) {
        upgradesBelow.put(prefix, handler);
        notePrefix(prefix);
    }

    /** @throws Refused if the request contradicts itself about leaving HTTP, so that nothing behind it can be trusted to be HTTP */
    Resolution resolve(RequestHead head) throws Refused {
        UpgradeHandler upgrade = upgradeAt(head.path());
        if (upgrade != null && head.asksForWebSocket()) {
            if (!head.upgradeIsPlain()) {
                throw new Refused(
                        HttpRefusal.UPGRADE, Errors.json(400, "bad_request", "the upgrade contradicts itself"));
            }
            return new Upgrading(upgrade);
        }
        List<Route> routes = routesAt(head.path());
        if (routes != null) {
            return among(routes, head);
        }
        if (upgrade != null) {
            Response response = Errors.json(426, "upgrade_required", "this path is for WebSocket")
                    .with("Upgrade", "websocket");
            return new Answered(response, HttpRefusal.UPGRADE);
        }
        return fallback(head);
    }

    private @Nullable UpgradeHandler upgradeAt(String path) {
        UpgradeHandler handler = upgrades.get(stripped(path));
        return handler != null ? handler : longest(upgradesBelow, path);
    }

    private @Nullable List<Route> routesAt(String path) {
        List<Route> routes = exact.get(path);
        return routes != null ? routes : longest(below, path);
    }

    private <T> @Nullable T longest(Map<String, T> byPrefix, String path) {
        for (String prefix : prefixes) {
            T found = path.startsWith(prefix) ? byPrefix.get(prefix) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private Resolution fallback(RequestHead head) {
        List<Route> routes = longest(fallbacks, head.path());
        Route route = routes == null ? null : withMethod(routes, head.method());
        return route != null
                ? handled(route, head)
                : refused(HttpRefusal.NOT_FOUND, 404, "not_found", "there is nothing at this path");
    }

    private static Resolution among(List<Route> routes, RequestHead head) {
        Route route = withMethod(routes, head.method());
        if (route != null) {
            return handled(route, head);
        }
        String methods = methods(routes);
        if (head.method().equals("OPTIONS")) {
            return options(routes, head, methods);
        }
        Response response = Errors.json(405, "method_not_allowed", "this path answers " + methods)
                .with("Allow", methods);
        Cors cors = routes.getFirst().cors();
        return new Answered(cors.onAnswer(head, response), HttpRefusal.METHOD);
    }

    private static Resolution handled(Route route, RequestHead head) {
        return route.cors().refuses(head) ? originRefused(route, head) : new Handled(route);
    }

    private static Resolution originRefused(Route route, RequestHead head) {
        Response response = Errors.json(403, "origin_not_allowed", "pages of this origin may not use this path");
        return new Answered(route.cors().onAnswer(head, response), HttpRefusal.ORIGIN);
    }

    private static Resolution options(List<Route> routes, RequestHead head, String methods) {
        String origin = head.header("origin");
        String asked = head.header("access-control-request-method");
        Response allowed = Response.empty(204).with("Allow", methods);
        if (origin == null || asked == null) {
            return new Answered(allowed, null);
        }
        Route route = withMethod(routes, asked);
        Route rule = route == null ? routes.getFirst() : route;
        if (rule.cors().refuses(head)) {
            return originRefused(rule, head);
        }
        String requestedHeaders = head.header("access-control-request-headers");
        Response told = rule.cors().onPreflight(methods, requestedHeaders, Response.empty(204));
        return new Answered(rule.cors().onAnswer(head, told), null);
    }

    private static @Nullable Route withMethod(List<Route> routes, String method) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (Route route : routes) {
            boolean whole = route.handler() instanceof Handler || !method.equals("HEAD");
            if (whole && route.method().equals(wanted)) {
                return route;
            }
        }
        return null;
    }

    private static String methods(List<Route> routes) {
        Set<String> methods = new LinkedHashSet<>();
        for (Route route : routes) {
            methods.add(route.method());
            if (route.method().equals("GET") && route.handler() instanceof Handler) {
                methods.add("HEAD");
            }
        }
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }

    private static Answered refused(HttpRefusal reason, int status, String code, String message) {
        return new Answered(Errors.json(status, code, message), reason);
    }
}
