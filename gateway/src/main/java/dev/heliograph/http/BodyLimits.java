package dev.heliograph.http;

import java.util.function.Function;

/**
 * What a route accepts as a body.
 *
 * @param bytesMax as it arrives; 0: no body
 * @param inflatedBytesMax after gzip or deflate; 0: compressed bodies are refused with 415
 * @param tooLarge what is answered when a bound is passed, given a sentence that names it
 */
public record BodyLimits(int bytesMax, int inflatedBytesMax, Function<String, Response> tooLarge) {
    public static final BodyLimits NONE = new BodyLimits(0, 0, reason -> Response.text(413, reason + "\n"));
}
