package dev.heliograph.ingest;

import dev.heliograph.auth.WriteKeys;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells SDKs at {@code GET /v1/projects/{writeKey}/settings} to send to this gateway and to no other integration. Mobile SDKs believe these settings more
 * than their own configuration.
 */
final class SettingsHandler implements Handler {
    /** Below it every path comes here. */
    static final String PREFIX = "/v1/projects/";

    private static final Pattern PATH = Pattern.compile(Pattern.quote(PREFIX) + "([^/]+)/settings/?");
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9.-]{1,253}(:\\d{1,5})?|\\[[0-9A-Fa-f:.]{2,45}](:\\d{1,5})?");

    private final WriteKeys writeKeys;
    private final Answers answers;

    SettingsHandler(WriteKeys writeKeys, Answers answers) {
        this.writeKeys = writeKeys;
        this.answers = answers;
    }

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        respond.accept(answer(request));
    }

    private Response answer(Request request) {
        Matcher path = PATH.matcher(request.path());
        if (!path.matches()) {
            return answers.rejected(404, "not_found", "expected " + PREFIX + "{writeKey}/settings");
        }
        if (writeKeys.find(path.group(1)) == null) {
            return answers.rejected(404, "unknown_write_key", "the write key belongs to no source");
        }
        String host = request.header("host");
        if (host == null || !HOST.matcher(host).matches()) {
            return answers.rejected(400, "bad_host", "expected a Host header with a name or address and its port");
        }
        return Response.json(200, settings(path.group(1), host)).with("Cache-Control", "public, max-age=300");
    }

    private static String settings(String writeKey, String host) {
        return """
                {"integrations":{"Segment.io":{"apiKey":"%s","apiHost":"%s/v1","bundlingStatus":"bundled","addBundledMetadata":true}},\
                "plan":{"track":{"__default":{"enabled":true}}},"edgeFunction":{}}""".formatted(Answers.escaped(writeKey), host);
    }
}
