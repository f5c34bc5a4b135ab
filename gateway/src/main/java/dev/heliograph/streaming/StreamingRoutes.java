package dev.heliograph.streaming;

import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Cors;
import dev.heliograph.http.OpenHandler;
import dev.heliograph.http.Route;
import dev.heliograph.http.Route.Match;
import dev.heliograph.http.Router;
import dev.heliograph.session.RequestOrigin;
import dev.heliograph.session.SessionContext;
import dev.heliograph.websocket.WebSocketRules;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** The paths of those who cannot hold a WebSocket. */
public final class StreamingRoutes {
    private static final int TEN_MINUTES_SECONDS = 600;

    private StreamingRoutes() {}

    /**
     * @param loops what belongs to an event loop
     * @param random a number from 0 to below the bound it is given; any thread
     */
    public static void register(
            Router router,
            SessionContext sessions,
            WebSocketRules rules,
            Formats formats,
            Function<EventLoop, StreamLoop> loops,
            IntUnaryOperator random) {
        var context = StreamingContext.of(sessions, rules, formats, loops, random);
        Cors cors = Cors.origins(
                (origin, host) -> rules.mayConnect().test(new RequestOrigin(origin, host)),
                List.of("Authorization", "Cache-Control", "Last-Event-ID"),
                List.of("Retry-After"),
                TEN_MINUTES_SECONDS);
        add(router, "/sse", cors, new EventStreamDoor(context, false));
        add(router, "/_ops/sse/events", cors, new EventStreamDoor(context, true));
        add(router, "/_ops/sse/all", cors, new EventStreamDoor(context, true));
        add(router, "/publications", cors, new PollDoor(context));
    }

    private static void add(Router router, String path, Cors cors, OpenHandler door) {
        router.add(new Route("GET", path, Match.SLASH_OR_NOT, BodyLimits.NONE, cors, door));
    }
}
