package dev.heliograph.ingest;

import dev.heliograph.auth.WriteKeys;
import dev.heliograph.config.IngestConfig;
import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Cors;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Route;
import dev.heliograph.http.Route.Match;
import dev.heliograph.http.Router;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.pipeline.Pipeline;
import dev.heliograph.protocol.segment.CloudEvents;
import dev.heliograph.protocol.segment.EventLimits;
import dev.heliograph.protocol.segment.InboundBatch;
import dev.heliograph.protocol.segment.SegmentBodies;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Every path on which producers are received. Source: docs/SEGMENT.md, "Paths". */
public final class IngestRoutes {
    private static final int DAY_SECONDS = 86_400;

    /** Write keys are public by nature, so pages of all origins may post. */
    private static final Cors ANY_ORIGIN = Cors.any(
            List.of("authorization", "content-type", "x-retry-count", "x-write-key"),
            List.of("Retry-After"),
            DAY_SECONDS);

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("/v1/track", "track"),
            Map.entry("/v1/t", "track"),
            Map.entry("/v1/identify", "identify"),
            Map.entry("/v1/i", "identify"),
            Map.entry("/v1/page", "page"),
            Map.entry("/v1/p", "page"),
            Map.entry("/v1/screen", "screen"),
            Map.entry("/v1/s", "screen"),
            Map.entry("/v1/group", "group"),
            Map.entry("/v1/g", "group"),
            Map.entry("/v1/alias", "alias"),
            Map.entry("/v1/a", "alias"));

    private static final List<String> BATCHES = List.of("/v1/batch", "/v1/import", "/v1/b");

    private final Router router;
    private final WriteKeys writeKeys;
    private final Intake intake;
    private final Metrics metrics;
    private final BodyLimits limits;

    private IngestRoutes(Router router, WriteKeys writeKeys, Intake intake, Metrics metrics, IngestConfig config) {
        this.router = router;
        this.writeKeys = writeKeys;
        this.intake = intake;
        this.metrics = metrics;
        this.limits = new BodyLimits(
                config.bodyBytesMax(),
                config.inflatedBytesMax(),
                reason -> intake.answers().rejected(400, "body_too_large", reason));
    }

    /** @param clockMs milliseconds since the epoch */
    public static void register(
            Router router,
            WriteKeys writeKeys,
            Pipeline pipeline,
            IngestConfig config,
            Metrics metrics,
            LongSupplier clockMs) {
        var intake = new Intake(pipeline, new Answers(metrics), clockMs);
        var routes = new IngestRoutes(router, writeKeys, intake, metrics, config);
        var eventLimits = new EventLimits(config.eventBytesMax(), config.eventsMax());
        var bodies = new SegmentBodies(eventLimits, config.inflatedBytesMax());
        routes.sdks(bodies);
        routes.webhooks(bodies, new CloudEventsDoor(new CloudEvents(eventLimits, config.inflatedBytesMax())));
    }

    private void sdks(SegmentBodies bodies) {
        TYPES.forEach((path, type) -> sdk(path, body -> bodies.single(body, type)));
        BATCHES.forEach(path -> sdk(path, bodies::batch));
        open("POST", "/v1/m", Match.SLASH_OR_NOT, limits, (request, respond) -> {
            metrics.increment(Count.EVENTS_DROPPED, DropReason.IGNORED);
            respond.accept(intake.answers().accepted(request.body().length));
        });
        open(
                "GET",
                SettingsHandler.PREFIX,
                Match.BELOW,
                BodyLimits.NONE,
                new SettingsHandler(writeKeys, intake.answers()));
    }

    private void sdk(String path, Function<byte[], InboundBatch> reading) {
        open("POST", path, Match.SLASH_OR_NOT, limits, new SdkHandler(writeKeys, intake, reading));
    }

    private void open(String method, String path, Match match, BodyLimits bodyLimits, Handler handler) {
        router.add(new Route(method, path, match, bodyLimits, ANY_ORIGIN, handler));
    }

    private void webhooks(SegmentBodies bodies, CloudEventsDoor cloudEvents) {
        var segment = new SegmentWebhook(bodies, intake);
        var rudderStack = new BearerDoor(intake, request -> bodies.single(request.body(), null));
        for (String method : List.of("POST", "PUT", "PATCH")) {
            webhook(method, "/ingest/segment/", limits, segment);
            webhook(method, "/ingest/rudderstack/", limits, rudderStack);
        }
        webhook("POST", "/ingest/cloudevents/", limits, new BearerDoor(intake, cloudEvents::read));
        webhook(
                "OPTIONS",
                "/ingest/cloudevents/",
                BodyLimits.NONE,
                (source, request, respond) -> respond.accept(CloudEventsDoor.consent(source, request)));
    }

    private void webhook(String method, String prefix, BodyLimits bodyLimits, SourceHandler.Door door) {
        var handler = new SourceHandler(prefix, writeKeys, intake.answers(), door);
        router.add(new Route(method, prefix, Match.BELOW, bodyLimits, Cors.NONE, handler));
    }
}
