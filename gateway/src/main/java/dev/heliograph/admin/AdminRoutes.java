package dev.heliograph.admin;

import dev.heliograph.config.Secret;
import dev.heliograph.http.Cors;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route;
import dev.heliograph.http.Router;
import dev.heliograph.metrics.Exposition;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of the operator's listener: {@code /healthz} and {@code /readyz} are open, all else asks for the admin token. Event loop. */
public final class AdminRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);
    private static final long HEARTBEAT_MS = 1_000;
    private static final String SECTIONS = "sections";

    private final OperatorView view;
    private final Secret token;
    private final Executor offLoop;
    private final StateWriter states = new StateWriter();

    private AdminRoutes(OperatorView view, Secret token, Executor offLoop) {
        this.view = view;
        this.token = token;
        this.offLoop = offLoop;
    }

    /** @param offLoop runs what takes long enough to hold up an event loop */
    public static void register(Router router, OperatorView view, Secret token, Executor offLoop) {
        register(router, view, token, offLoop, List.of());
    }

    /** @param doors what else the operator can ask for */
    public static void register(
            Router router, OperatorView view, Secret token, Executor offLoop, List<OperatorDoor> doors) {
        var routes = new AdminRoutes(view, token, offLoop);
        router.add(Route.get("/healthz", routes::health));
        router.add(Route.get("/readyz", routes::readiness));
        router.add(Route.get("/metrics", routes.guarded(routes::metrics)));
        router.add(Route.get(LatencyFile.PATH, routes.guarded(new LatencyFile(view.meters())::answer)));
        router.add(Route.get("/statez", routes.guarded(routes::state)));
        ConsoleRoutes.register(router);
        doors.forEach(door -> router.add(new Route(
                door.method(), door.path(), door.match(), door.limits(), Cors.NONE, routes.guarded(door.answer()))));
    }

    private void health(Request request, Consumer<Response> respond) {
        var _ = view.loops()
                .answerWithin(HEARTBEAT_MS)
                .thenAccept(alive -> respond.accept(
                        alive ? status(200, "ok", "") : status(503, "failing", "an event loop does not answer")));
    }

    private void readiness(Request request, Consumer<Response> respond) {
        Optional<String> reason = view.notReady().get();
        respond.accept(reason.map(why -> status(503, "not_ready", why)).orElseGet(() -> status(200, "ready", "")));
    }

    private Response status(int status, String word, String reason) {
        Map<String, String> body = reason.isEmpty() ? Map.of("status", word) : Map.of("status", word, "reason", reason);
        return Response.json(status, states.json(body)).with("Cache-Control", "no-store");
    }

    private Handler guarded(Function<Request, Response> answer) {
        return (request, respond) -> {
            if (isOperator(request)) {
                offLoop.execute(() -> respond.accept(orFailure(answer, request)));
            } else {
                respond.accept(Response.json(
                                401,
                                "{\"code\":\"unauthenticated\",\"message\":\"the admin token is missing or wrong\"}\n")
                        .with("WWW-Authenticate", "Bearer realm=\"heliograph\""));
            }
        };
    }

    private boolean isOperator(Request request) {
        String given = request.bearer();
        return given != null && token.matches(given);
    }

    private Response orFailure(Function<Request, Response> answer, Request request) {
        try {
            return answer.apply(request);
        } catch (OperatorRefusal refusal) {
            return Response.json(
                    refusal.status(),
                    states.json(Map.of("code", refusal.code(), "message", String.valueOf(refusal.getMessage()))));
        } catch (RuntimeException failure) {
            LOG.error("an operator's question could not be answered", failure);
            return Response.json(500, "{\"code\":\"internal\",\"message\":\"the log says why\"}\n");
        }
    }

    private Response metrics(Request request) {
        byte[] text = view.exposition().text().getBytes(StandardCharsets.UTF_8);
        return new Response(200, Map.of("Content-Type", Exposition.CONTENT_TYPE), text);
    }

    private Response state(Request request) {
        String asked = Parameters.of(request, Set.of(SECTIONS)).text(SECTIONS);
        Map<String, Supplier<Object>> sections = asked == null ? view.state() : among(view.state(), asked);
        return Response.json(200, states.sections(sections)).with("Cache-Control", "no-store");
    }

    private static Map<String, Supplier<Object>> among(Map<String, Supplier<Object>> all, String asked) {
        var some = new HashMap<String, Supplier<Object>>();
        for (String name : asked.split(",", -1)) {
            Supplier<Object> section = all.get(name);
            if (section == null) {
                throw OperatorRefusal.badRequest("parameter " + SECTIONS + ": there is no section '" + name
                        + "'; expected some of " + String.join(", ", new TreeSet<>(all.keySet())));
            }
            some.put(name, section);
        }
        return some;
    }
}
