package dev.heliograph.ingest;

import dev.heliograph.auth.Source;
import dev.heliograph.auth.WriteKeys;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.segment.SegmentException;
import java.util.function.Consumer;

/** Finds the source that the last segment of a path {@code /ingest/{kind}/{source}} names and lets a {@link Door} answer for it. */
final class SourceHandler implements Handler {
    /** Answers a request to one source; a {@link SegmentException} becomes a 400. */
    @FunctionalInterface
    interface Door {
        Response answer(Source source, Request request);
    }

    private final String prefix;
    private final WriteKeys writeKeys;
    private final Answers answers;
    private final Door door;

    /** @param prefix of the path, up to and with the slash before the source */
    SourceHandler(String prefix, WriteKeys writeKeys, Answers answers, Door door) {
        this.prefix = prefix;
        this.writeKeys = writeKeys;
        this.answers = answers;
        this.door = door;
    }

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        respond.accept(answer(request));
    }

    private Response answer(Request request) {
        String name = request.path().substring(prefix.length());
        Source source = writeKeys.bySourceName(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
        if (source == null) {
            return answers.rejected(404, "unknown_source", "no source has the name in " + prefix + "{source}");
        }
        try {
            return door.answer(source, request);
        } catch (SegmentException e) {
            return SdkHandler.rejected(answers, e);
        }
    }
}
