package dev.heliograph.publish;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Publishes what a principal asks for, over a socket or by HTTP: where its grants allow it, under a name that is not the gateway's, once for each id. Any thread. */
public final class Publisher {
    private final RatedBroker broker;
    private final PublishOnce once;

    public Publisher(RatedBroker broker) {
        this.broker = broker;
        this.once = new PublishOnce(broker);
    }

    /** Takes up what an earlier run of the gateway has published with an id; see {@link PublishOnce#restore}. */
    public void restore(byte[] key, Position position, long ageMs) {
        once.restore(key, position, ageMs);
    }

    /**
     * Publishes an event. Of the last two one is called, once; on this thread by a broker that needs no network or disk.
     *
     * @param acceptedNanos when the request had been read, for the latency histogram
     * @param done is told the position
     * @param refused is told if it was refused later on
     * @throws ProtocolException if it may not be published, or not now
     */
    public void publish(
            Principal principal,
            ClientMessage.Publish asked,
            long acceptedNanos,
            Consumer<Position> done,
            Consumer<ProtocolException> refused) {
        ChannelId id = principal.permit(Operation.PUBLISH, asked.channel());
        id.checkPublishable();
        checkName(asked.name());
        var draft = new Draft(id, asked.name(), asked.data(), asked.key(), 0, acceptedNanos);
        if (asked.id() == null) {
            broker.publish(draft, new Answered(done, refused));
        } else {
            once.publish(draft, principal.userId(), asked.id(), done, refused);
        }
    }

    private record Answered(Consumer<Position> done, Consumer<ProtocolException> refused) implements Receipt {
        @Override
        public void published(Publication publication) {
            done.accept(publication.position());
        }

        @Override
        public void refused(ProtocolException refusal) {
            refused.accept(refusal);
        }
    }

    /**
     * Publishes several drafts, to channels that the principal may publish on: within all their rates, or none. With an id each of them is published once: those that
     * were already are told their position, and take nothing of a rate. A channel that has no room and no subscriber is left out, as nobody misses it there. Of the
     * last two one is called, once.
     *
     * @param done is told the positions, by channel
     * @param refused is told the first refusal, if some were refused later on
     * @throws ProtocolException if it cannot be done now
     */
    public void publish(
            Principal principal,
            List<Draft> drafts,
            @Nullable String id,
            Consumer<Map<String, Position>> done,
            Consumer<ProtocolException> refused) {
        var placed = new Placed(drafts, done, refused);
        if (id == null) {
            Broker within = broker.within(channels(drafts.stream()));
            drafts.forEach(draft -> place(placed, draft, answered -> within.publish(draft, answered)));
        } else {
            publishOnce(once.claim(drafts, principal.userId(), id), placed);
        }
    }

    private void publishOnce(List<PublishOnce.Claim> claims, Placed placed) {
        List<PublishOnce.Claim> left = claims;
        try {
            Broker within = broker.within(
                    channels(claims.stream().filter(PublishOnce.Claim::isNew).map(PublishOnce.Claim::draft)));
            for (PublishOnce.Claim claim : claims) {
                left = left.subList(1, left.size());
                place(
                        placed,
                        claim.draft(),
                        answered -> once.publish(claim, within, answered.done(), answered.refused()));
            }
        } catch (RuntimeException e) {
            once.giveUp(
                    left,
                    e instanceof ProtocolException refusal
                            ? refusal
                            : new ProtocolException(ErrorCode.INTERNAL, "it could not be published"));
            throw e;
        }
    }

    private static List<ChannelId> channels(Stream<Draft> drafts) {
        return drafts.map(Draft::channel).toList();
    }

    private void place(Placed placed, Draft draft, Consumer<Answered> publishing) {
        try {
            publishing.accept(new Answered(
                    position -> placed.settle(draft, position, null), refusal -> placed.settle(draft, null, refusal)));
        } catch (ProtocolException e) {
            if (e.code() != ErrorCode.UNAVAILABLE || broker.subscribers(draft.channel()) > 0) {
                throw e;
            }
            placed.settle(draft, null, null);
        }
    }

    /** Where several drafts have got to; the last of them lets the answer go. */
    private static final class Placed {
        private final Map<String, Position> positions = new LinkedHashMap<>();
        private final Consumer<Map<String, Position>> done;
        private final Consumer<ProtocolException> refused;
        private @Nullable ProtocolException failure;
        private int open;

        Placed(List<Draft> drafts, Consumer<Map<String, Position>> done, Consumer<ProtocolException> refused) {
            this.open = drafts.size();
            this.done = done;
            this.refused = refused;
        }

        void settle(Draft draft, @Nullable Position position, @Nullable ProtocolException refusal) {
            ProtocolException first;
            synchronized (positions) {
                if (position != null) {
                    positions.put(draft.channel().name(), position);
                }
                failure = failure == null ? refusal : failure;
                if (--open > 0) {
                    return;
                }
                first = failure;
            }
            if (first == null) {
                done.accept(positions);
            } else {
                refused.accept(first);
            }
        }
    }

    /** Clients of Pusher's protocol believe events of such names: they would take a publisher for the gateway. */
    private static void checkName(String name) {
        if (name.startsWith("pusher:") || name.startsWith("pusher_internal:")) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "no name of an event begins with pusher: or pusher_internal:");
        }
    }
}
