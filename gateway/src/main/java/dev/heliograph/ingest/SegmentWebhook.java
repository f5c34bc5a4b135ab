package dev.heliograph.ingest;

import dev.heliograph.auth.Source;
import dev.heliograph.config.Secret;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.segment.SegmentBodies;
import dev.heliograph.protocol.segment.Slice;
import dev.heliograph.protocol.segment.WebhookBody;
import dev.heliograph.protocol.segment.WebhookBody.Deletion;
import dev.heliograph.protocol.segment.WebhookBody.Event;
import dev.heliograph.protocol.segment.WebhookBody.Events;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes what Segment's webhook destinations post. One event is let in by its signature or by the source's bearer secret. A signature covers only the first
 * element of an array, so anybody who has seen one could add elements to it: arrays need the bearer secret. Nothing is parsed before that is settled.
 * Source: Segment, "Webhooks Destination", Authentication.
 */
final class SegmentWebhook implements SourceHandler.Door {
    private final SegmentBodies bodies;
    private final Intake intake;

    SegmentWebhook(SegmentBodies bodies, Intake intake) {
        this.bodies = bodies;
        this.intake = intake;
    }

    @Override
    public void answer(Source source, Request request, Consumer<Response> respond) {
        Response refusal = startsArray(request.body())
                ? refuseArray(source.config(), request)
                : refuseEvent(source.config(), request);
        if (refusal != null) {
            respond.accept(refusal);
        } else {
            take(source, request, respond);
        }
    }

    private static boolean startsArray(byte[] body) {
        int at = 0;
        while (at < body.length && body[at] >= 0 && body[at] <= ' ') {
            at++;
        }
        return at < body.length && body[at] == '[';
    }

    private @Nullable Response refuseEvent(SourceConfig source, Request request) {
        String signature = request.header("x-signature");
        if (signature != null && !source.webhookSecrets().isEmpty()) {
            var whole = new Slice(request.body(), 0, request.body().length);
            return Signatures.verify(signature, whole, source.webhookSecrets()) ? null : badSignature();
        }
        return source.bearer() != null ? refuseBearer(source.bearer(), request) : withoutBearer(source);
    }

    private Response withoutBearer(SourceConfig source) {
        return source.webhookSecrets().isEmpty()
                ? intake.answers().rejected(403, "webhook_disabled", "this source has no webhook secret")
                : intake.answers().unauthorized("missing_signature", "expected an X-Signature header");
    }

    private @Nullable Response refuseArray(SourceConfig source, Request request) {
        if (source.bearer() == null) {
            String message =
                    "a signature covers only the first event of an array, so arrays need a source with a bearer secret";
            return intake.answers().rejected(403, "array_not_allowed", message);
        }
        return refuseBearer(source.bearer(), request);
    }

    private @Nullable Response refuseBearer(Secret bearer, Request request) {
        return Credentials.carries(request, bearer)
                ? null
                : intake.answers()
                        .unauthorized("bad_bearer", "expected Authorization: Bearer with the source's secret");
    }

    private Response badSignature() {
        return intake.answers()
                .unauthorized(
                        "bad_signature", "X-Signature is not the HMAC-SHA1 of the body under a secret of this source");
    }

    private void take(Source source, Request request, Consumer<Response> respond) {
        WebhookBody body = bodies.webhook(request.body());
        switch (body) {
            case Event(var batch) -> intake.take(source, batch, request, respond);
            case Events(var first, var batch) -> {
                if (isForged(first, source.config(), request)) {
                    respond.accept(badSignature());
                } else {
                    intake.take(source, batch, request, respond);
                }
            }
            case Deletion(var userId) -> forget(source, userId, request, respond);
        }
    }

    private static boolean isForged(Slice first, SourceConfig source, Request request) {
        String signature = request.header("x-signature");
        return signature != null
                && !source.webhookSecrets().isEmpty()
                && !Signatures.verify(signature, first, source.webhookSecrets());
    }

    private void forget(Source source, @Nullable String userId, Request request, Consumer<Response> respond) {
        if (userId == null || userId.isEmpty()) {
            respond.accept(intake.answers().rejected(400, "malformed_event", "a deletion needs a \"userId\""));
        } else {
            intake.forget(source, userId, request, respond);
        }
    }
}
