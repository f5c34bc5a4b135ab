package dev.heliograph.app;

import dev.heliograph.broker.Receipt;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherException;
import dev.heliograph.protocol.pusher.PusherServerMessage.Failed;
import dev.heliograph.protocol.pusher.UserId;
import dev.heliograph.protocol.pusher.WebhookEvent;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code client-…}: publishes a client's event for the others in a channel that it has subscribed to. */
final class ClientEventCommand {
    private final PusherSession session;
    private final App app;

    ClientEventCommand(PusherSession session) {
        this.session = session;
        this.app = session.app();
    }

    void run(ClientEvent event) throws PusherException {
        if (!app.config().clientEvents()) {
            throw new PusherException(
                    PusherCode.CLIENT_EVENT_REFUSED,
                    "Client event rejected - client events are not enabled for this app");
        }
        Membership membership = session.memberships.get(event.channel().name());
        if (membership == null) {
            throw new PusherException(
                    null,
                    "Cannot broadcast client event (connection not subscribed to channel " + event.channel() + ")");
        }
        PusherContext context = session.context();
        long nowNanos = context.ticker().getAsLong();
        if (session.countClientEvent(nowNanos) > app.config().clientEventsPerSecond()) {
            throw new PusherException(PusherCode.CLIENT_EVENT_REFUSED, PusherCode.CLIENT_EVENT_REFUSED.reason());
        }
        var sender = new Sender(session.outbox().connection(), true, membership.member());
        var draft = new Draft(membership.channel(), event.event(), event.data(), null, 0, nowNanos, sender);
        publish(draft, new OnItsWay(event, membership.member()));
    }

    /** A channel's rate is of all who publish there. */
    private void publish(Draft draft, Receipt receipt) throws PusherException {
        try {
            session.context().broker().publish(draft, receipt);
        } catch (ProtocolException e) {
            if (e.code() != ErrorCode.RATE_LIMITED) {
                throw e;
            }
            throw new PusherException(PusherCode.CLIENT_EVENT_REFUSED, "Client event rejected - " + e.getMessage());
        }
    }

    /** The event, of which the client's own server is told when it is published, and the client if it is not. */
    private final class OnItsWay implements Receipt, Supplier<WebhookEvent> {
        private final ClientEvent event;
        private final @Nullable String member;

        OnItsWay(ClientEvent event, @Nullable String member) {
            this.event = event;
            this.member = member;
        }

        @Override
        public void published(Publication publication) {
            session.context().announcer().onClientEvent(app, this);
        }

        @Override
        public void refused(ProtocolException refusal) {
            session.hub().onLoop(() -> {
                if (!session.isClosed()) {
                    session.refuse(new Failed(null, String.valueOf(refusal.getMessage())));
                }
            });
        }

        @Override
        public WebhookEvent get() {
            return new WebhookEvent.EventByClient(event, session.socketId(), member == null ? null : UserId.of(member));
        }
    }
}
