package dev.heliograph.ingest.api;

import dev.heliograph.auth.Origins;
import dev.heliograph.auth.TokenVerifier;
import dev.heliograph.config.Config;
import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Cors;
import dev.heliograph.http.Route;
import dev.heliograph.http.Route.Match;
import dev.heliograph.http.Router;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.publish.Publisher;
import java.util.List;

/** The paths of the native doors for servers. Source: docs/PROTOCOL.md, "Over HTTP". */
public final class NativeRoutes {
    private static final int HOUR_SECONDS = 3_600;
    /** What a body has beside the data of its publication. */
    private static final int ENVELOPE_BYTES = 4 * 1024;

    /** What counts is the token, which no browser adds by itself; its workspace's list of origins is looked at when it is known. */
    private static final Cors ANY_ORIGIN =
            Cors.any(List.of("authorization", "content-type", "idempotency-key"), List.of("Retry-After"), HOUR_SECONDS);

    private final Router router;
    private final TokenVerifier verifier;
    private final Origins origins;
    private final DoorAnswers answers;

    private NativeRoutes(Router router, TokenVerifier verifier, Origins origins, DoorAnswers answers) {
        this.router = router;
        this.verifier = verifier;
        this.origins = origins;
        this.answers = answers;
    }

    public static void register(
            Router router,
            TokenVerifier verifier,
            Origins origins,
            Publisher publisher,
            Config config,
            Metrics metrics) {
        var answers = new DoorAnswers(metrics);
        var routes = new NativeRoutes(router, verifier, origins, answers);
        int dataBytesMax = config.limits().messageBytesMax();
        int oneBytesMax = dataBytesMax + ENVELOPE_BYTES;
        int listBytesMax = Math.max(oneBytesMax, config.ingest().bodyBytesMax());
        routes.add(
                PublicationDoor.PATH,
                Match.SLASH_OR_NOT,
                listBytesMax,
                new PublicationDoor(publisher, answers, dataBytesMax));
        routes.add(EntityPath.PREFIX, Match.BELOW, oneBytesMax, new EntityDoor(publisher, answers, dataBytesMax));
        routes.add(UserDoor.PREFIX, Match.BELOW, oneBytesMax, new UserDoor(publisher, answers, dataBytesMax));
    }

    private void add(String path, Match match, int bytesMax, Door door) {
        var limits = new BodyLimits(bytesMax, 0, reason -> answers.refused(ErrorCode.TOO_LARGE, reason));
        router.add(
                new Route("POST", path, match, limits, ANY_ORIGIN, new TokenHandler(verifier, origins, answers, door)));
    }

    /** The first segment of a path, which says which door it is and nothing that a producer has made up. */
    static String first(String path) {
        int end = path.indexOf('/', 1);
        return end < 0 ? path : path.substring(0, end);
    }
}
