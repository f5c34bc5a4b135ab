package dev.heliograph.http;

import dev.heliograph.metrics.HttpRefusal;
import java.util.List;
import java.util.Locale;

/** How a body was compressed. */
enum ContentEncoding {
    IDENTITY,
    GZIP,
    DEFLATE;

    /** @throws Refused with 415 for any other encoding, more than one, or one that the route does not take */
    static ContentEncoding of(RequestHead head, BodyLimits limits) throws Refused {
        ContentEncoding encoding = parse(head.headers().all("content-encoding"));
        if (encoding != IDENTITY && limits.inflatedBytesMax() == 0) {
            throw unsupported("a compressed body is not accepted here");
        }
        return encoding;
    }

    private static ContentEncoding parse(List<String> names) throws Refused {
        if (names.isEmpty()) {
            return IDENTITY;
        }
        String name = names.size() > 1 ? "" : names.getFirst().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default -> throw unsupported("the Content-Encoding is not one of gzip, deflate, identity");
        };
    }

    private static Refused unsupported(String message) {
        Response response = Errors.json(415, "unsupported_encoding", message);
        return new Refused(HttpRefusal.ENCODING, response.with("Accept-Encoding", "gzip, deflate"));
    }
}
