package dev.heliograph.app;

import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherException;
import dev.heliograph.protocol.pusher.UserId;
import dev.heliograph.protocol.pusher.WebhookEvent;
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
        publish(draft);
        context.announcer().onClientEvent(app, () -> toWebhook(event, membership.member()));
    }

    /** A channel's rate is of all who publish there. */
    private void publish(Draft draft) throws PusherException {
        try {
            session.context().broker().publish(draft, _ -> {});
        } catch (ProtocolException e) {
            if (e.code() != ErrorCode.RATE_LIMITED) {
                throw e;
            }
            throw new PusherException(PusherCode.CLIENT_EVENT_REFUSED, "Client event rejected - " + e.getMessage());
        }
    }

    private WebhookEvent toWebhook(ClientEvent event, @Nullable String member) {
        return new WebhookEvent.EventByClient(event, session.socketId(), member == null ? null : UserId.of(member));
    }
}
