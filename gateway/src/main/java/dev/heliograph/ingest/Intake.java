package dev.heliograph.ingest;

import dev.heliograph.auth.Source;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.pipeline.Arrival;
import dev.heliograph.pipeline.Pipeline;
import dev.heliograph.pipeline.SourceId;
import dev.heliograph.protocol.segment.InboundBatch;
import java.util.function.Consumer;
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

    /**
     * Everything was accepted, which includes what was dropped for a reason and counted; or the broker failed and all of it may be sent again.
     *
     * @param respond called once, when it is known what became of it
     */
    void take(Source source, InboundBatch batch, Request request, Consumer<Response> respond) {
        var id = new SourceId(source.workspace(), source.env(), source.config().name());
        var arrival = new Arrival(clockMs.getAsLong(), request.receivedNanos());
        int bodyBytes = request.body().length;
        pipeline.accept(
                id,
                batch,
                arrival,
                outcome -> respond.accept(
                        outcome.refused() == 0
                                ? answers.accepted(bodyBytes)
                                : answers.unavailable(
                                        outcome.refused() + " of " + batch.size() + " events could not be published")));
    }

    /** @param respond called once, when what is retained about that person is gone for good */
    void forget(Source source, String userId, Request request, Consumer<Response> respond) {
        int bodyBytes = request.body().length;
        var _ = pipeline.forget(source.workspace(), userId)
                .whenComplete((_, failure) -> respond.accept(
                        failure == null
                                ? answers.accepted(bodyBytes)
                                : answers.unavailable("what is retained could not be removed for good")));
    }
}
