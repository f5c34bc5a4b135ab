package dev.heliograph.app;

import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.PusherConfig.SubscriptionErrors;
import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.pusher.Handshake;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherClientMessage;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherException;
import dev.heliograph.protocol.pusher.PusherServerMessage;
import dev.heliograph.protocol.pusher.PusherServerMessage.ConnectionEstablished;
import dev.heliograph.protocol.pusher.PusherServerMessage.Failed;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionError;
import dev.heliograph.protocol.pusher.SignedInUser;
import dev.heliograph.protocol.pusher.SocketId;
import dev.heliograph.session.Conversation;
import dev.heliograph.session.Explanation;
import dev.heliograph.session.SpanCount;
import dev.heliograph.session.Subscriptions;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation in Pusher's protocol. Nothing is sent before {@link ConnectionEstablished}, or pusher-js gives up. The gateway looks after the
 * connection with pings of RFC 6455: Pusher's Java client answers no others. Confined to the connection's event loop.
 */
public final class PusherSession implements Conversation {
    private static final Logger LOG = LoggerFactory.getLogger(PusherSession.class);
    private static final byte[] PING = Frames.ping(new byte[0]);
    /** After so many seconds of silence a client pings by itself: as with hosted Pusher. */
    private static final int ACTIVITY_TIMEOUT_SECONDS = 120;

    /** Refused messages within a minute after which the connection is closed; a page may well ask for some hundred channels that it may not see. */
    static final int REFUSALS_PER_MINUTE_MAX = 500;

    private static final long NOT_ASKED = -1;

    private final PusherContext context;
    private final App app;
    private final LoopHub hub;
    private final Outbox outbox;
    private final boolean legacy;
    private final long openedMs;
    private long heardNanos;
    private long pingedNanos;
    /** Until then the client has to show that it may be here; {@link Long#MAX_VALUE}: it need not, or has. */
    private long unauthorizedUntilNanos = Long.MAX_VALUE;

    private boolean closed;
    private @Nullable SignedInUser user;
    /** When the user was last held against what is revoked: before or after which revocation; {@link #NOT_ASKED} since it signed in. */
    private long revocationsSeen = NOT_ASKED;

    private List<Subscriber> personal = List.of();
    final Subscriptions<Membership> memberships = new Subscriptions<>();
    private @Nullable SpanCount clientEvents;
    private @Nullable SpanCount refusals;
    private @Nullable SpanCount departures;
    private boolean restless;

    /** @param hub of the connection's event loop */
    public PusherSession(PusherContext context, App app, LoopHub hub, Outbox outbox, Handshake handshake) {
        this.context = context;
        this.app = app;
        this.hub = hub;
        this.outbox = outbox;
        this.legacy = handshake.wantsErrorBeforeClose();
        this.openedMs = context.clock().millis();
        long now = context.ticker().getAsLong();
        this.heardNanos = now;
        this.pingedNanos = now - context.limits().pingedAgoNanos(context.random());
        if (app.config().authorizedConnections()) {
            unauthorizedUntilNanos =
                    now + TimeUnit.MILLISECONDS.toNanos(context.limits().authTimeoutMs());
        }
    }

    /** Begins the conversation. */
    public void onOpen() {
        context.metrics().increment(Count.CONNECTIONS_OPENED);
        send(new ConnectionEstablished(socketId(), ACTIVITY_TIMEOUT_SECONDS));
    }

    @Override
    public void onText(ByteBuf utf8) {
        if (closed) {
            return;
        }
        heardNanos = context.ticker().getAsLong();
        context.metrics().increment(Count.MESSAGES_RECEIVED);
        try {
            onMessage(app.codec().decode(utf8));
        } catch (PusherException e) {
            refuse(e.toMessage());
        } catch (ProtocolException e) {
            refuse(new Failed(null, String.valueOf(e.getMessage())));
        }
    }

    private void onMessage(PusherClientMessage message) throws PusherException {
        switch (message) {
            case PusherClientMessage.Subscribe subscribe -> new SubscribeCommand(this).run(subscribe);
            case PusherClientMessage.Unsubscribe unsubscribe -> leave(unsubscribe.channel());
            case PusherClientMessage.ClientEvent event -> new ClientEventCommand(this).run(event);
            case PusherClientMessage.Signin signin -> new SigninCommand(this).run(signin);
            case PusherClientMessage.Ping _ -> send(new PusherServerMessage.Pong());
            case PusherClientMessage.Pong _ -> {
                /* heard, and that was all it was for */
            }
        }
    }

    @Override
    public void onPing(ByteBuf payload) {
        heardNanos = context.ticker().getAsLong();
        look(outbox.send(Frames.pong(payload)));
    }

    @Override
    public void onPong(ByteBuf payload) {
        heardNanos = context.ticker().getAsLong();
    }

    @Override
    public void onTick() {
        long now = context.ticker().getAsLong();
        LimitsConfig limits = context.limits();
        long intervalNanos = TimeUnit.MILLISECONDS.toNanos(limits.pingIntervalMs());
        if (closed) {
            return;
        }
        if (outbox.isAbandoned()) {
            end(DisconnectCause.SLOW_CONSUMER, null, null);
        } else if (isRevokedMeanwhile()) {
            revoke();
        } else if (unauthorizedUntilNanos != Long.MAX_VALUE && now - unauthorizedUntilNanos > 0) {
            close(DisconnectCause.AUTH_TIMEOUT, PusherCode.UNAUTHORIZED);
        } else if (outbox.onTick(now) > TimeUnit.MILLISECONDS.toNanos(limits.stallTimeoutMs())) {
            close(DisconnectCause.SLOW_CONSUMER, PusherCode.OVER_CAPACITY);
        } else if (now - heardNanos > 2 * intervalNanos && pingedNanos - heardNanos > 0) {
            close(DisconnectCause.SILENT, PusherCode.PONG_MISSING);
        } else if (now - pingedNanos >= intervalNanos) {
            pingedNanos = now;
            look(outbox.send(PING));
        }
    }

    /** Cheap while nothing is revoked. */
    private boolean isRevokedMeanwhile() {
        if (user == null) {
            return false;
        }
        long revocations = context.revocations().additions();
        boolean isNews = revocations != revocationsSeen;
        revocationsSeen = revocations;
        return isNews && isRevoked(user);
    }

    /** Whether nobody may be signed in as that user on this connection. */
    boolean isRevoked(SignedInUser signedIn) {
        return context.revocations().hitsSignin(app.workspace(), signedIn.id().text(), openedMs);
    }

    /** Ends the connection of a user that is revoked. */
    void revoke() {
        context.metrics().increment(Count.MESSAGES_REFUSED);
        send(new Failed(PusherCode.UNAUTHORIZED, "This user has been revoked"));
        end(DisconnectCause.REVOKED, Frames.close(PusherCode.UNAUTHORIZED.code(), "revoked"), null);
    }

    void send(PusherServerMessage message) {
        look(outbox.send(outbox.format().frame(app.codec().encode(message))));
    }

    private void look(Offer offer) {
        if (offer == Offer.OVERFLOWED) {
            close(DisconnectCause.SLOW_CONSUMER, PusherCode.OVER_CAPACITY);
        }
    }

    void refuse(PusherServerMessage refusal) {
        context.metrics().increment(Count.MESSAGES_REFUSED);
        send(refusal instanceof SubscriptionError error && wantsHosted(error) ? error.hosted() : refusal);
        if (refusals == null) {
            refusals = new SpanCount(1, TimeUnit.MINUTES);
        }
        if (refusals.count(context.ticker().getAsLong()) > REFUSALS_PER_MINUTE_MAX) {
            close(DisconnectCause.ABUSE, PusherCode.OVER_CAPACITY);
        }
    }

    /** Pusher's Java client takes an error on an encrypted channel for an encrypted event, and fails. */
    private boolean wantsHosted(SubscriptionError error) {
        return app.config().subscriptionErrors() == SubscriptionErrors.CONNECTION
                || (legacy && error.channel().startsWith("private-encrypted-"));
    }

    /** The connection has shown that it may be here. */
    void onAuthorized() {
        unauthorizedUntilNanos = Long.MAX_VALUE;
    }

    private void leave(PusherChannel channel) {
        Membership membership = memberships.remove(channel.name());
        if (membership != null) {
            onDeparture();
            try {
                if (membership.member() != null) {
                    context.rosters().leave(membership.channel(), membership.member());
                }
            } finally {
                end(membership);
            }
        }
    }

    private void end(Membership membership) {
        try {
            hub.unsubscribe(membership.subscriber());
        } finally {
            if (membership.notices() != null) {
                hub.unsubscribe(membership.notices());
            }
        }
    }

    /** What a client leaves, others may have to be told. */
    private void onDeparture() {
        if (departures == null) {
            departures = new SpanCount(1, TimeUnit.MINUTES);
        }
        restless = departures.count(context.ticker().getAsLong()) > app.config().subscriptionsMax();
    }

    /** Whether the client has left more channels within a minute than it may be in: it comes and goes, which others pay for. */
    boolean isRestless() {
        return restless;
    }

    /** How many client events it are in this second, with one more. */
    int countClientEvent(long nowNanos) {
        if (clientEvents == null) {
            clientEvents = new SpanCount(1, TimeUnit.SECONDS);
        }
        return clientEvents.count(nowNanos);
    }

    /** Who has signed in; null: nobody. */
    @Nullable
    SignedInUser user() {
        return user;
    }

    /** The user's own channel, if there is a user. */
    @Nullable
    Subscriber ownChannel() {
        return personal.isEmpty() ? null : personal.getFirst();
    }

    /** @param channels the subscriptions that the user has beside those that it asked for, its own channel first */
    void signedIn(SignedInUser signedIn, List<Subscriber> channels) {
        for (Subscriber before : personal) {
            if (!channels.contains(before)) {
                onDeparture();
                hub.unsubscribe(before);
            }
        }
        user = signedIn;
        revocationsSeen = NOT_ASKED; // it may have been revoked since that was looked at
        personal = channels;
        onAuthorized();
    }

    /** Ends the connection if it has signed in as that user. */
    public void terminate(String workspace, String userId) {
        if (user != null && user.id().text().equals(userId) && app.workspace().equals(workspace)) {
            end(
                    DisconnectCause.TERMINATED,
                    Frames.close(PusherCode.UNAUTHORIZED.code(), "You got disconnected by the app."),
                    PusherCode.UNAUTHORIZED);
        }
    }

    private void close(DisconnectCause cause, PusherCode code) {
        end(cause, Frames.close(code.code(), code.reason()), code);
    }

    /** For clients a restart is a reason to come back in a second, one after the other at once, and so is slowness in a second; for all else that is not Pusher's own code RFC 6455 has one. */
    @Override
    public void close(DisconnectCause cause, CloseCode code, String reason) {
        switch (code) {
            case SLOW_CONSUMER, TRY_AGAIN_LATER -> close(cause, PusherCode.OVER_CAPACITY);
            case SERVICE_RESTART -> restart(cause, reason);
            default -> end(cause, Frames.close(code, reason), null);
        }
    }

    /** Those who go in turn may come back at once: there are few of them at any moment. */
    private void restart(DisconnectCause cause, String reason) {
        if (cause == DisconnectCause.DRAIN) {
            close(cause, PusherCode.RECONNECT);
        } else {
            end(cause, Frames.close(CloseCode.SERVICE_RESTART, reason), null);
        }
    }

    @Override
    public void onClose(int code) {
        end(DisconnectCause.CLIENT, Frames.closeReply(code), null);
    }

    @Override
    public void onGone() {
        end(outbox.isAbandoned() ? DisconnectCause.SLOW_CONSUMER : DisconnectCause.CLIENT, null, null);
    }

    private void end(DisconnectCause cause, byte @Nullable [] lastFrame, @Nullable PusherCode told) {
        if (closed) {
            return;
        }
        closed = true;
        if (told != null && legacy) {
            outbox.send(outbox.format().frame(app.codec().encode(told.toMessage())));
        }
        outbox.close(lastFrame); // before all that follows: whatever fails there, nothing is sent to this peer any more
        context.metrics().increment(Count.CONNECTIONS_CLOSED, cause);
        app.leave();
        memberships.forEach(membership -> abandon(() -> lose(membership)));
        personal.forEach(subscriber -> abandon(() -> hub.unsubscribe(subscriber)));
    }

    /** A subscription that cannot be ended keeps no other from ending. */
    private static void abandon(Runnable end) {
        try {
            end.run();
        } catch (RuntimeException e) {
            LOG.error("a subscription of a closed connection could not be ended", e);
        }
    }

    private void lose(Membership membership) {
        memberships.remove(membership.channel().name());
        try {
            if (membership.member() != null) {
                context.rosters().lose(membership.channel(), membership.member());
            }
        } finally {
            end(membership);
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public String connectionId() {
        return socketId().text();
    }

    @Override
    public Map<String, Object> onExplain() {
        Map<String, Object> shown = Explanation.connection("pusher", connectionId(), outbox);
        shown.put("workspace", app.workspace());
        shown.put("user", user == null ? null : user.id().text());
        var subscribers = new ArrayList<>(personal);
        memberships.forEach(membership -> subscribers.add(membership.subscriber()));
        shown.put("subscriptions", Explanation.subscriptions(hub, subscribers));
        return shown;
    }

    @Override
    public Map<String, Object> onExplain(ChannelId channel, Position at, @Nullable Publication publication) {
        Membership membership = memberships.get(channel.name());
        Subscriber here = membership != null && membership.channel().equals(channel) ? membership.subscriber() : null;
        return Explanation.delivery(hub, outbox, here, at, publication);
    }

    SocketId socketId() {
        return context.socketIds().of(outbox.connection());
    }

    PusherContext context() {
        return context;
    }

    App app() {
        return app;
    }

    LoopHub hub() {
        return hub;
    }

    Outbox outbox() {
        return outbox;
    }
}
