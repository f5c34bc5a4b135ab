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
    /** Answers a request to one source, now or later; a {@link SegmentException} becomes a 400. */
    @FunctionalInterface
    interface Door {
        void answer(Source source, Request request, Consumer<Response> respond);
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
        String name = request.path().substring(prefix.length());
        Source source = writeKeys.bySourceName(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
        if (source == null) {
            respond.accept(answers.rejected(404, "unknown_source", "no source has the name in " + prefix + "{source}"));
            return;
        }
        try {
            door.answer(source, request, respond);
        } catch (SegmentException e) {
            respond.accept(SdkHandler.rejected(answers, e));
        }
    }
}
