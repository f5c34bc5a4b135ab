package dev.heliograph.ingest;

import dev.heliograph.auth.Source;
import dev.heliograph.config.Secret;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.segment.InboundBatch;
import java.util.function.Consumer;
import java.util.function.Function;

/** Takes events from webhooks that cannot sign, for which the source's bearer secret speaks: RudderStack's and CloudEvents'. */
final class BearerDoor implements SourceHandler.Door {
    private final Intake intake;
    private final Function<Request, InboundBatch> reading;

    BearerDoor(Intake intake, Function<Request, InboundBatch> reading) {
        this.intake = intake;
        this.reading = reading;
    }

    @Override
    public void answer(Source source, Request request, Consumer<Response> respond) {
        Secret bearer = source.config().bearer();
        if (bearer == null) {
            respond.accept(intake.answers().rejected(403, "webhook_disabled", "this source has no bearer secret"));
        } else if (!Credentials.carries(request, bearer)) {
            respond.accept(intake.answers()
                    .unauthorized("bad_bearer", "expected Authorization: Bearer with the source's secret"));
        } else {
            intake.take(source, reading.apply(request), request, respond);
        }
    }
}
