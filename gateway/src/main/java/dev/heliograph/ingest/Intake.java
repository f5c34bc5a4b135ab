package dev.heliograph.ingest;

import dev.heliograph.auth.Source;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.pipeline.Arrival;
import dev.heliograph.pipeline.Outcome;
import dev.heliograph.pipeline.Pipeline;
import dev.heliograph.pipeline.SourceId;
import dev.heliograph.protocol.segment.InboundBatch;
import java.util.function.LongSupplier;

/** Where all doors hand over what they have let in. Any thread. */
final class Intake {
    private final Pipeline pipeline;
    private final Answers answers;
    private final LongSupplier clockMs;

    /** @param clockMs milliseconds since the epoch */
    Intake(Pipeline pipeline, Answers answers, LongSupplier clockMs) {
        this.pipeline = pipeline;
        this.answers = answers;
        this.clockMs = clockMs;
    }

    Answers answers() {
        return answers;
    }

    /** Everything was accepted, which includes what was dropped for a reason and counted; or the broker failed and all of it may be sent again. */
    Response take(Source source, InboundBatch batch, Request request) {
        var id = new SourceId(source.workspace(), source.env(), source.config().name());
        Outcome outcome = pipeline.accept(id, batch, new Arrival(clockMs.getAsLong(), request.receivedNanos()));
        return outcome.refused() == 0
                ? answers.accepted(request.body().length)
                : answers.unavailable(outcome.refused() + " of " + batch.size() + " events could not be published");
    }

    Response forget(Source source, String userId, Request request) {
        pipeline.forget(source.workspace(), userId);
        return answers.accepted(request.body().length);
    }
}
