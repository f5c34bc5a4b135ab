package dev.heliograph.ingest;

import dev.heliograph.auth.Source;
import dev.heliograph.auth.WriteKeys;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.segment.InboundBatch;
import dev.heliograph.protocol.segment.SegmentException;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes what SDKs post to {@code /v1/…}. The body is JSON whatever its {@code Content-Type} says. Source: Segment, "HTTP Tracking API".
 */
final class SdkHandler implements Handler {
    private final WriteKeys writeKeys;
    private final Intake intake;
    private final Function<byte[], InboundBatch> reading;

    /** @param reading what this path's bodies look like */
    SdkHandler(WriteKeys writeKeys, Intake intake, Function<byte[], InboundBatch> reading) {
        this.writeKeys = writeKeys;
        this.intake = intake;
        this.reading = reading;
    }

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        try {
            answer(request, respond);
        } catch (SegmentException e) {
            respond.accept(rejected(intake.answers(), e));
        } catch (IllegalArgumentException e) {
            respond.accept(intake.answers()
                    .rejected(400, "bad_authorization", "expected Basic with the base64 of a write key and a colon"));
        }
    }

    private void answer(Request request, Consumer<Response> respond) {
        String writeKey = Credentials.writeKey(request);
        if (writeKey != null && !writeKey.isEmpty()) {
            Source source = writeKeys.find(writeKey);
            if (source == null) {
                respond.accept(unknownKey());
            } else {
                intake.take(source, reading.apply(request.body()), request, respond);
            }
        } else {
            InboundBatch batch = reading.apply(request.body());
            answerWithKeyOfBody(batch.writeKey(), batch, request, respond);
        }
    }

    private void answerWithKeyOfBody(
            @Nullable String writeKey, InboundBatch batch, Request request, Consumer<Response> respond) {
        if (writeKey == null) {
            String expected = "expected a write key: as Basic user name, in X-Write-Key or as \"writeKey\" of the body";
            respond.accept(intake.answers().rejected(400, "missing_write_key", expected));
            return;
        }
        Source source = writeKeys.find(writeKey);
        if (source == null) {
            respond.accept(unknownKey());
        } else {
            intake.take(source, batch, request, respond);
        }
    }

    private Response unknownKey() {
        return intake.answers().rejected(400, "unknown_write_key", "the write key belongs to no source");
    }

    static Response rejected(Answers answers, SegmentException e) {
        return answers.rejected(400, e.code().name().toLowerCase(Locale.ROOT), e.explanation());
    }
}
