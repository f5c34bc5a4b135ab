package dev.heliograph.pipeline;

import dev.heliograph.broker.Broker;
import dev.heliograph.config.Config;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.segment.InboundBatch;
import dev.heliograph.protocol.segment.InboundEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to every event between door and broker: the steps of {@link #Pipeline}, in that order, each of which may end the event's way and is
 * counted if it does. Any thread; a request's events go through on the caller's.
 */
public final class Pipeline {
    /** The name under which subscribers get ingested events. */
    public static final String EVENT_NAME = "segment-event";

    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private final Decisions decisions = new Decisions();
    private final Broker broker;
    private final Metrics metrics;
    private final Dedupe dedupe;
    private final Map<SourceId, SourcePolicy> policies = new HashMap<>();
    private final Map<String, Pseudonyms> pseudonyms = new HashMap<>();
    private final List<Step> steps;
    /** What the events of a request are put together in, one after the other; each holds no more than the largest event has needed. */
    private final ThreadLocal<Desk> desks = ThreadLocal.withInitial(Desk::new);

    private record Desk(JsonBytes content, Envelope envelope) {
        Desk() {
            this(new JsonBytes(512), new Envelope());
        }
    }

    public Pipeline(Config config, Broker broker, Dedupe dedupe, Metrics metrics, Ambience ambience) {
        this.broker = broker;
        this.metrics = metrics;
        this.dedupe = dedupe;
        this.steps = List.of(
                new AllowedTypes(),
                new RateLimit(ambience.nanoTime()),
                new Deduplication(dedupe, ambience.ids()),
                new Demand(broker),
                new Consent(),
                new Sampling(),
                new Redaction(),
                new Pseudonymisation(),
                new ClockSkew(config.ingest().lateAfterMs()));
        config.workspaces().values().forEach(workspace -> {
            var names = new Pseudonyms(workspace, ambience.ownKey());
            pseudonyms.put(workspace.name(), names);
            workspace
                    .environments()
                    .values()
                    .forEach(environment -> environment.sources().values().forEach(source -> {
                        var policy = SourcePolicy.of(
                                workspace,
                                environment,
                                source,
                                names,
                                ambience.nanoTime().getAsLong());
                        policies.put(policy.id(), policy);
                    }));
        });
    }

    /**
     * Sends what a request brought on its way.
     *
     * @param done called once, when every event is published, dropped or refused, and counted: on this thread by a broker that needs no network or disk
     */
    public void accept(SourceId source, InboundBatch batch, Arrival arrival, Consumer<Outcome> done) {
        SourcePolicy policy = policies.get(source);
        if (policy == null) {
            throw new IllegalArgumentException("no source " + source + " is configured");
        }
        var tally = new Tally(known -> done.accept(report(source, known, batch.size())));
        tally.dropped(DropReason.OVERSIZE, batch.oversize());
        tally.dropped(DropReason.MALFORMED, batch.malformed());
        Desk desk = desks.get();
        for (InboundEvent event : batch.events()) {
            pass(new Passage(policy, event, arrival, tally, desk.content()), desk.envelope());
        }
        if (tally.hasDuplicates()) {
            settle(policy, tally);
        } else {
            tally.close();
        }
    }

    /** What makes an event a duplicate may be on its way to the disk still; who answers for it waits for that. */
    private void settle(SourcePolicy policy, Tally tally) {
        Consumer<ProtocolException> refused = refusal -> {
            tally.duplicatesRefused(refusal);
            tally.close();
        };
        ChannelId last = policy.identified() == null ? policy.channel() : policy.identified();
        broker.settle(policy.channel(), () -> broker.settle(last, tally::close, refused), refused);
    }

    private Outcome report(SourceId source, Tally tally, int events) {
        if (tally.failure() != null) {
            warn(source, tally.failure());
        }
        return tally.report(metrics, events);
    }

    /** One line for a request; never an exception's message, which may quote the event. */
    private static void warn(SourceId source, RuntimeException failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        LOG.warn(
                "not all events of {} could be published: {} at {}",
                source,
                failure.getClass().getName(),
                trace.length == 0 ? "an unknown place" : trace[0]);
    }

    /** A fault of one event never costs the others of its batch. */
    private void pass(Passage passage, Envelope envelope) {
        try {
            DropReason reason = process(passage);
            if (reason == null) {
                envelope.write(passage);
                send(passage, envelope);
            } else {
                passage.tally.dropped(reason, 1);
                decisions.open(passage).note(reason.label(), null);
            }
        } catch (RuntimeException e) {
            decisions.open(passage).note(DropReason.FAILED.label(), null);
            passage.tally.dropped(DropReason.FAILED, 1); // it would fail again, so it is not asked for again
            passage.tally.failed(e);
        }
    }

    private void send(Passage passage, Envelope envelope) {
        ChannelId identified = passage.identifiedWanted ? passage.policy.identified() : null;
        int left = (passage.wanted ? 1 : 0) + (identified != null ? 1 : 0);
        var acceptance = new Acceptance(passage, decisions.open(passage), dedupe, left);
        try {
            if (passage.wanted) {
                Draft draft = draft(passage, passage.policy.channel(), envelope.shown());
                broker.publish(draft, identified == null ? acceptance : acceptance.another());
                left--;
            }
            if (identified != null) {
                broker.publish(draft(passage, identified, envelope.identified(passage.event.person())), acceptance);
            }
        } catch (RuntimeException e) {
            acceptance.failed(
                    left, passage.wanted && left == 1 && identified != null && Acceptance.isOverRate(e) ? null : e);
        }
    }

    private @Nullable DropReason process(Passage passage) {
        for (Step step : steps) {
            DropReason reason = step.take(passage);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    /** What was decided about the last events. */
    public Decisions decisions() {
        return decisions;
    }

    private static Draft draft(Passage passage, ChannelId channel, RawJson data) {
        return new Draft(channel, EVENT_NAME, data, null, passage.subject, passage.arrival.acceptedNanos());
    }

    /** Removes what is retained about a person; says how many publications that were, when they are gone for good. */
    public CompletableFuture<Long> forget(String workspace, String userId) {
        Pseudonyms names = pseudonyms.get(workspace);
        if (names == null) {
            throw new IllegalArgumentException("no workspace " + workspace + " is configured");
        }
        return broker.purge(workspace, names.subject(userId)).thenApply(purged -> {
            metrics.add(Count.PURGED, purged);
            return purged;
        });
    }
}
