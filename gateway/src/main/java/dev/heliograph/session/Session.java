package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.SubscribeOptions;
import dev.heliograph.session.SessionState.Active;
import dev.heliograph.session.SessionState.Closed;
import dev.heliograph.session.SessionState.Unauthenticated;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation. Confined to the connection's event loop.
 *
 * <pre>
 *            token good                        token renewed
 *   open ──► {@link Unauthenticated} ────────────► {@link Active} ◄──┐
 *                 │ bad, or none in time        │  └───────┘
 *                 ▼ 4401                        ▼ expired 4401, slow 4408, silent 1001, abuse 4429, …
 *              {@link Closed} ◄────────────────────┘
 * </pre>
 */
public final class Session implements Conversation {
    /** How long a token that was good within the verifier's leeway stays good, if it has run out by this gateway's clock. */
    private static final long GRACE_MS = 30_000;

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Medium WEB_SOCKET = new WebSocketMedium(true);
    /** Its client does nothing about {@code drain}. */
    private static final Medium UNADVISED_WEB_SOCKET = new WebSocketMedium(false);
    /** How often a watch session is told what it was not sent, if that has changed. */
    private static final long STATS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final SessionContext context;
    private final LoopHub hub;
    private final Outbox outbox;
    private final RequestOrigin origin;
    private final Medium medium;
    private final String connectionId;
    private SessionState state;
    private long expiresAtMs = Long.MAX_VALUE;
    private long heardNanos;
    private long pingedNanos;
    private long statsNanos;
    private boolean watches;
    private boolean verifying;
    private boolean asked;
    /** When the principal was last held against what is revoked, if {@link #asked}: before or after which revocation. */
    private long revocationsSeen;

    private @Nullable SpanCount refusals;
    final Subscriptions<Subscriber> subscriptions = new Subscriptions<>();
    private @Nullable Stays stays;
    private @Nullable Resumable resumable;

    /**
     * One over a WebSocket.
     *
     * @param hub of the connection's event loop
     */
    public Session(SessionContext context, LoopHub hub, Outbox outbox, RequestOrigin origin) {
        this(context, hub, outbox, origin, WEB_SOCKET);
    }

    /**
     * One over a WebSocket whose client comes back without its token.
     *
     * @param hub of the connection's event loop
     * @param key that it is taken up again with; null: it begins
     */
    public static Session resumable(
            SessionContext context,
            LoopHub hub,
            Outbox outbox,
            RequestOrigin origin,
            Resumptions resumptions,
            @Nullable String key) {
        var session = new Session(context, hub, outbox, origin, UNADVISED_WEB_SOCKET);
        session.resumable = new Resumable(resumptions, key);
        return session;
    }

    /** @param hub of the connection's event loop */
    public Session(SessionContext context, LoopHub hub, Outbox outbox, RequestOrigin origin, Medium medium) {
        this.medium = medium;
        this.context = context;
        this.hub = hub;
        this.outbox = outbox;
        this.origin = origin;
        this.connectionId = context.connectionIds().get();
        long now = context.ticker().getAsLong();
        this.heardNanos = now;
        this.pingedNanos = now - context.limits().pingedAgoNanos(context.random());
        this.statsNanos = now;
        this.state = new Unauthenticated(
                now + TimeUnit.MILLISECONDS.toNanos(context.limits().authTimeoutMs()));
    }

    /** Begins the conversation of a client that has not shown a token: it has to send {@code authenticate}. */
    public void onOpen() {
        greet(null);
    }

    /** Begins the conversation of a client that needs no token. */
    public void onOpen(Principal anonymous) {
        greet(null);
        admit(null, anonymous);
    }

    /** Begins the conversation of a client that has shown a token with its upgrade. */
    public void onOpen(Verdict verdict) {
        greet(verdict instanceof Verdict.Verified(Principal principal) ? principal.userId() : null);
        new AuthenticateCommand(this).onUpgradeVerdict(verdict);
    }

    /** Takes up what an earlier connection of the client has left. */
    public void onOpen(Left left) {
        boolean taken = left.take();
        if (!taken) {
            resumable = null; // its key is another connection's now
        }
        greet(left.principal().userId());
        if (!taken) {
            refuseConnection(null, "another connection has taken this session up again", DisconnectCause.TOKEN_REFUSED);
        } else if (admit(null, left.principal()) && !isClosed()) {
            context.metrics().increment(Count.SESSIONS_RESUMED);
            new ResumeCommand(this, left.principal()).run(left);
        }
    }

    /** Subscribes on behalf of a client that cannot ask for it by a message. */
    public void subscribe(ClientMessage.Subscribe command, Arrivals arrivals) {
        new SubscribeCommand(this, active(), arrivals).run(command);
    }

    /** Shows each subscription's channel, and up to where it has been sent everything. */
    public void positions(BiConsumer<ChannelId, Position> to) {
        subscriptions.forEach(subscriber -> to.accept(subscriber.channel(), hub.position(subscriber)));
    }

    private void greet(@Nullable String userId) {
        context.metrics().increment(Count.CONNECTIONS_OPENED);
        LimitsConfig limits = context.limits();
        String resumeKey = null;
        if (resumable != null) {
            resumable.onOpen(this);
            resumeKey = resumable.key();
        }
        send(new ServerMessage.Connected(
                connectionId, userId, context.node(), limits.pingIntervalMs(), limits.messageBytesMax(), resumeKey));
    }

    @Override
    public void onText(ByteBuf utf8) {
        if (state instanceof Closed) {
            return;
        }
        heardNanos = context.ticker().getAsLong();
        if (resumable != null) {
            resumable.onHeard(this);
        }
        context.metrics().increment(Count.MESSAGES_RECEIVED);
        String requestId = null;
        try {
            ClientMessage message = context.codec().decode(utf8);
            requestId = message.requestId();
            onMessage(message);
        } catch (DecodeException e) {
            refuse(e.requestId(), null, e.code(), String.valueOf(e.getMessage()));
        } catch (ProtocolException e) {
            refuse(requestId, null, e.code(), String.valueOf(e.getMessage()));
        }
    }

    private void onMessage(ClientMessage message) {
        switch (message) {
            case ClientMessage.Authenticate authenticate -> new AuthenticateCommand(this).run(authenticate);
            case ClientMessage.Subscribe subscribe -> new SubscribeCommand(this, active()).run(subscribe);
            case ClientMessage.Unsubscribe unsubscribe -> new UnsubscribeCommand(this).run(unsubscribe);
            case ClientMessage.Publish publish -> new PublishCommand(this, active()).run(publish);
            case ClientMessage.History history -> new HistoryCommand(this, active()).run(history);
            case ClientMessage.Presence presence -> new PresenceCommand(this, active()).run(presence);
            case ClientMessage.Ping ping -> sendFirst(new ServerMessage.Pong(ping.requestId()));
            case ClientMessage.Pong _ -> {
                /* heard, and that was all it was for */
            }
        }
    }

    @Override
    public void onPing(ByteBuf payload) {
        heardNanos = context.ticker().getAsLong();
        look(outbox.sendFirst(Frames.pong(payload)));
    }

    @Override
    public void onPong(ByteBuf payload) {
        heardNanos = context.ticker().getAsLong();
        if (resumable != null) {
            resumable.onPong(payload);
        }
    }

    @Override
    public void onTick() {
        long now = context.ticker().getAsLong();
        switch (state) {
            case Unauthenticated(long deadlineNanos)
            when now - deadlineNanos > 0 ->
                refuseConnection(
                        null,
                        "no valid token within " + context.limits().authTimeoutMs() + " ms",
                        DisconnectCause.AUTH_TIMEOUT);
            case Active _
            when context.clock().millis() > expiresAtMs ->
                refuseConnection(null, "the token has expired", DisconnectCause.TOKEN_EXPIRED);
            case Active(Principal principal) when isRevoked(principal) -> revoke(null);
            case Closed _ -> {
                return;
            }
            default -> keepAlive(now);
        }
    }

    /** Cheap while nothing is revoked. */
    private boolean isRevoked(Principal principal) {
        long revocations = context.verifier().revocations();
        if (asked && revocations == revocationsSeen) {
            return false;
        }
        asked = true;
        revocationsSeen = revocations;
        return context.verifier().isRevoked(principal);
    }

    private void keepAlive(long now) {
        LimitsConfig limits = context.limits();
        long intervalNanos = TimeUnit.MILLISECONDS.toNanos(limits.pingIntervalMs());
        if (outbox.onTick(now) > TimeUnit.MILLISECONDS.toNanos(limits.stallTimeoutMs())) {
            close(
                    DisconnectCause.SLOW_CONSUMER,
                    CloseCode.SLOW_CONSUMER,
                    "nothing was taken for " + limits.stallTimeoutMs() + " ms");
        } else if (medium.ping() != null && now - heardNanos > 2 * intervalNanos && pingedNanos - heardNanos > 0) {
            close(DisconnectCause.SILENT, CloseCode.GOING_AWAY, "no answer to pings");
        } else if (now - pingedNanos >= intervalNanos) {
            pingedNanos = now;
            ping();
        }
        if (stays != null && state instanceof Active(Principal principal)) {
            stays.onTick(principal, now, heardNanos);
        }
        if (watches && now - statsNanos >= STATS_NANOS) {
            statsNanos = now;
            subscriptions.forEach(this::tellStats);
        }
    }

    /** In the words of the protocol, and for whatever answers by itself; in one piece, as a send costs more than all else about it. */
    private void ping() {
        byte[] frame = frame(new ServerMessage.Ping());
        byte[] ping = resumable == null ? medium.ping() : resumable.ping(sent());
        if (ping != null) {
            int length = frame.length;
            frame = Arrays.copyOf(frame, length + ping.length);
            System.arraycopy(ping, 0, frame, length, ping.length);
        }
        look(outbox.sendFirst(frame));
    }

    /** Up to where the client was sent each of its channels; null if something waits for it. */
    private @Nullable Map<String, Position> sent() {
        if (outbox.waitingBytes() > 0) {
            return null;
        }
        var sent = new HashMap<String, Position>();
        positions((channel, position) -> sent.put(channel.name(), position));
        return sent;
    }

    private void tellStats(Subscriber subscriber) {
        ServerMessage.Stats news = subscriber.news();
        if (news != null) {
            send(news);
        }
    }

    /** One more subscription. */
    void add(Subscriber subscriber) {
        subscriptions.add(subscriber);
        watches |= subscriber.isWatch();
    }

    /** False while a token of this session is being checked: one at a time, so that no client fills the queue of a slow key fetch. */
    boolean beginsVerifying() {
        boolean begins = !verifying;
        verifying = true;
        return begins;
    }

    void endsVerifying() {
        verifying = false;
    }

    /** Makes the session active; false if its origin may not use that workspace, and it is closing. */
    boolean admit(@Nullable String requestId, Principal principal) {
        if (!context.origins().test(principal.workspace(), origin)) {
            refuse(requestId, null, ErrorCode.FORBIDDEN, "origin " + origin.origin() + " may not use this workspace");
            close(DisconnectCause.ORIGIN_REFUSED, CloseCode.FORBIDDEN, "origin not allowed");
            return false;
        }
        state = switch (state) {
            case Unauthenticated unauthenticated -> unauthenticated.toActive(principal);
            case Active active -> active.toRenewed(principal);
            case Closed closed -> closed;
        };
        asked = false; // it may have been revoked since it was verified
        long nowMs = context.clock().millis();
        expiresAtMs = principal.expiresAtMs() > nowMs ? principal.expiresAtMs() : nowMs + GRACE_MS;
        return true;
    }

    /** Who the client is; refuses the request if that is not known. */
    Principal active() {
        if (state instanceof Active(Principal principal)) {
            return principal;
        }
        throw new ProtocolException(ErrorCode.UNAUTHENTICATED, "send authenticate {token} first");
    }

    /** Who the client is; null if that is not known. */
    @Nullable
    Principal principal() {
        return state instanceof Active(Principal principal) ? principal : null;
    }

    void send(ServerMessage message) {
        look(outbox.send(frame(message)));
    }

    /** Before what waits: nothing in the message is about any of it. */
    private void sendFirst(ServerMessage message) {
        look(outbox.sendFirst(frame(message)));
    }

    private byte[] frame(ServerMessage message) {
        return outbox.format()
                .frame(context.codec().encode(message, context.clock().millis()));
    }

    private void look(Offer offer) {
        if (offer == Offer.OVERFLOWED) {
            close(DisconnectCause.SLOW_CONSUMER, CloseCode.SLOW_CONSUMER, "asks without reading the answers");
        }
    }

    /** Answers a request with an error; a client that is refused again and again is closed. */
    void refuse(@Nullable String requestId, @Nullable String channel, ErrorCode code, String message) {
        context.metrics().increment(Count.MESSAGES_REFUSED);
        send(new ServerMessage.Failed(requestId, channel, code, message));
        if (refusals == null) {
            refusals = new SpanCount(1, TimeUnit.MINUTES);
        }
        int max = context.limits().refusalsPerMinuteMax();
        if (refusals.count(context.ticker().getAsLong()) > max) {
            close(DisconnectCause.ABUSE, CloseCode.ABUSE, "more than " + max + " refused messages in a minute");
        }
    }

    /** Tells the client that its token cannot be checked now, which is not its fault, and closes. */
    void putOff(@Nullable String requestId, String message) {
        send(new ServerMessage.Failed(requestId, null, ErrorCode.UNAVAILABLE, message));
        close(DisconnectCause.KEYS_UNAVAILABLE, CloseCode.TRY_AGAIN_LATER, message);
    }

    /** Tells the client that it is not, or no longer, authenticated, and closes. */
    void refuseConnection(@Nullable String requestId, String message, DisconnectCause cause) {
        send(new ServerMessage.Failed(requestId, null, ErrorCode.UNAUTHENTICATED, message));
        close(cause, CloseCode.UNAUTHENTICATED, message);
    }

    @Override
    public boolean onDrain(long reconnectInMs) {
        if (!medium.heedsDrain()) {
            return false;
        }
        send(new ServerMessage.Drain(reconnectInMs));
        return true;
    }

    /** Tells the client that its token counts no more, and closes. */
    void revoke(@Nullable String requestId) {
        send(new ServerMessage.Failed(requestId, null, ErrorCode.FORBIDDEN, "the token has been revoked"));
        close(DisconnectCause.REVOKED, CloseCode.FORBIDDEN, "revoked");
    }

    @Override
    public void close(DisconnectCause cause, CloseCode code, String reason) {
        boolean mayComeBack = code != CloseCode.FORBIDDEN && code != CloseCode.ABUSE;
        end(cause, medium.farewell(code, reason), mayComeBack);
    }

    @Override
    public void onClose(int code) {
        leaveForGood();
        end(DisconnectCause.CLIENT, Frames.closeReply(code), true);
    }

    /** Whoever says goodbye does not take the session up again. */
    private void leaveForGood() {
        if (resumable != null) {
            resumable.onEnd(this, null, false);
            resumable = null;
        }
    }

    @Override
    public void onGone() {
        end(DisconnectCause.CLIENT, null, true);
    }

    private void end(DisconnectCause cause, byte @Nullable [] lastFrame, boolean mayComeBack) {
        if (state instanceof Closed) {
            return;
        }
        Principal principal = principal();
        state = new Closed();
        outbox.close(
                lastFrame); // first of all: whatever fails below, nothing is sent to this peer, nor to whoever gets its
        // descriptor
        context.metrics().increment(Count.CONNECTIONS_CLOSED, cause);
        if (resumable != null) {
            resumable.onEnd(this, principal, mayComeBack);
        }
        subscriptions.forEach(this::abandon);
        if (stays != null) {
            stays.onGone(mayComeBack);
            stays = null;
        }
    }

    /** A subscription that cannot be ended keeps no other from ending. */
    private void abandon(Subscriber subscriber) {
        try {
            unsubscribe(subscriber);
        } catch (RuntimeException e) {
            LOG.error("a subscription of a closed connection could not be ended", e);
        }
    }

    @Override
    public String connectionId() {
        return connectionId;
    }

    @Override
    public Map<String, Object> onExplain() {
        Map<String, Object> shown = Explanation.connection("native", connectionId, outbox);
        shown.put("origin", origin.origin());
        Principal principal = principal();
        shown.put("principal", principal == null ? null : Explanation.principal(principal));
        var subscribers = new ArrayList<Subscriber>();
        subscriptions.forEach(subscribers::add);
        shown.put("subscriptions", Explanation.subscriptions(hub, subscribers));
        return shown;
    }

    @Override
    public Map<String, Object> onExplain(ChannelId channel, Position at, @Nullable Publication publication) {
        Principal principal = principal();
        Subscriber subscriber = subscriptions.get(channel.name());
        boolean here = subscriber != null && subscriber.channel().equals(channel);
        Map<String, Object> shown = Explanation.delivery(hub, outbox, here ? subscriber : null, at, publication);
        shown.put(
                "granted",
                principal != null
                        && principal.workspace().equals(channel.workspace())
                        && principal.grants().rows(channel.name()) != null);
        return shown;
    }

    @Override
    public boolean isClosed() {
        return state instanceof Closed;
    }

    /** A subscription has its place in the channel's stream. Parameters as in {@link Resumable}. */
    void onSubscribed(String channel, SubscribeOptions options, Position begin, boolean bringsState, boolean goesOn) {
        if (resumable != null) {
            resumable.onSubscribed(channel, options, begin, bringsState, goesOn);
        }
    }

    /** How the client would join again the presence channels that it has joined. */
    List<ClientMessage.PresenceJoin> presences() {
        return stays == null ? List.of() : stays.joins();
    }

    /** The presence channels that the client has joined. */
    Stays stays() {
        if (stays == null) {
            stays = new Stays(this);
        }
        return stays;
    }

    /** Ends what the renewed token does not grant of that, and adds it to {@code lost}. */
    void endLostStays(Principal principal, List<String> lost) {
        if (stays != null) {
            stays.onRenewed(principal, lost);
        }
    }

    /** Ends a subscription. */
    void unsubscribe(Subscriber subscriber) {
        makeWay(subscriber);
        if (resumable != null) {
            resumable.onUnsubscribed(subscriber.channel().name());
        }
    }

    /** Ends a subscription where another one to the same channel goes on. */
    void makeWay(Subscriber subscriber) {
        subscriptions.remove(subscriber.channel().name());
        hub.unsubscribe(subscriber);
    }

    SessionContext context() {
        return context;
    }

    LoopHub hub() {
        return hub;
    }

    Outbox outbox() {
        return outbox;
    }
}
