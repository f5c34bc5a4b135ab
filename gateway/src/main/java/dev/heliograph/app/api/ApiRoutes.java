package dev.heliograph.app.api;

import dev.heliograph.app.Apps;
import dev.heliograph.app.PusherContext;
import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Cors;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route;
import dev.heliograph.http.Route.Match;
import dev.heliograph.http.Router;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.EventBodies;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** The paths of Pusher's HTTP API. */
public final class ApiRoutes {
    /** What a body has beside the data of its events. */
    private static final int ENVELOPE_BYTES = 64 * 1024;
    /** A character of one byte in its longest form, a backslash, u and four digits. */
    private static final int ESCAPED = 6;

    private ApiRoutes() {}

    /**
     * @param cacheMs how long a cache channel keeps its last event
     * @param offLoop runs what may look at all channels
     * @param terminate is given a workspace and the id of a user whose connections are to be ended
     */
    public static void register(
            Router router,
            Apps apps,
            PusherContext context,
            InstantSource clock,
            long cacheMs,
            Executor offLoop,
            BiConsumer<String, String> terminate) {
        var states = new ChannelStates(context.broker(), context.rosters(), clock, cacheMs);
        var paths = new ApiPaths(
                new Publishing(context.broker(), context.socketIds(), states),
                new ChannelDoors(context.broker(), states),
                new TerminateDoor(terminate));
        var handler = new ApiHandler(apps, paths, context.metrics(), clock, offLoop);
        router.add(new Route("POST", ApiHandler.PATH, Match.BELOW, limits(apps), Cors.NONE, handler));
        router.add(new Route("GET", ApiHandler.PATH, Match.BELOW, BodyLimits.NONE, Cors.NONE, handler));
    }

    private static BodyLimits limits(Apps apps) {
        int dataBytesMax = apps.all().stream()
                .mapToInt(app -> app.limits().dataBytesMax())
                .max()
                .orElse(0);
        return new BodyLimits(
                ENVELOPE_BYTES + EventBodies.BATCH_MAX * ESCAPED * dataBytesMax,
                0,
                reason -> Response.text(ApiException.TOO_LARGE, reason + "\n"));
    }
}
