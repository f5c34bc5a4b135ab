package dev.heliograph.ingest.api;

import dev.heliograph.http.Response;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.Map;

/** What servers are answered at the native doors, each answer counted. Any thread. Source: docs/PROTOCOL.md, "Over HTTP". */
final class DoorAnswers {
    private static final int LENGTH_EXPECTED = 96;
    private static final String RETRY_AFTER_SECONDS = "1";

    private final Metrics metrics;

    DoorAnswers(Metrics metrics) {
        this.metrics = metrics;
    }

    Response done(JsonBytes body) {
        metrics.increment(Count.DOOR_REQUESTS);
        return json(200, body);
    }

    Response published(Position position) {
        return done(position(new JsonBytes(LENGTH_EXPECTED).raw("{\"position\":"), position)
                .raw("}\n"));
    }

    /** @param positions by channel */
    Response published(Map<String, Position> positions) {
        var out = new JsonBytes(2 * LENGTH_EXPECTED).raw("{\"positions\":{");
        boolean first = true;
        for (Map.Entry<String, Position> entry : positions.entrySet()) {
            position(out.raw(first ? "" : ",").string(entry.getKey()).raw(":"), entry.getValue());
            first = false;
        }
        return done(out.raw("}}\n"));
    }

    Response refused(ErrorCode code, String message) {
        metrics.increment(Count.DOOR_REFUSED);
        Response response = json(
                status(code),
                error(new JsonBytes(LENGTH_EXPECTED), code, message).raw("\n"));
        return switch (code) {
            case RATE_LIMITED, UNAVAILABLE -> response.with("Retry-After", RETRY_AFTER_SECONDS);
            case UNAUTHENTICATED -> response.with("WWW-Authenticate", "Bearer");
            default -> response;
        };
    }

    Response refused(ProtocolException refusal) {
        return refused(refusal.code(), String.valueOf(refusal.getMessage()));
    }

    static JsonBytes position(JsonBytes out, Position position) {
        return out.raw("{\"epoch\":")
                .string(position.epoch())
                .raw(",\"offset\":")
                .number(position.offset())
                .raw("}");
    }

    static JsonBytes error(JsonBytes out, ErrorCode code, String message) {
        return out.raw("{\"code\":\"")
                .raw(code.name())
                .raw("\",\"message\":")
                .string(message)
                .raw("}");
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case CONFLICT -> 409;
            case TOO_LARGE -> 413;
            case RATE_LIMITED -> 429;
            case INTERNAL -> 500;
            case UNAVAILABLE, TIMEOUT -> 503;
            default -> 400;
        };
    }

    private static Response json(int status, JsonBytes body) {
        return new Response(status, Map.of("Content-Type", "application/json"), body.toBytes());
    }
}
