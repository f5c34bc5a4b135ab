package dev.heliograph.websocket;

import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.http.Upgrade;
import dev.heliograph.http.UpgradeHandler;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.Count;
import dev.heliograph.session.Left;
import dev.heliograph.session.RequestOrigin;
import dev.heliograph.session.Resumptions;
import dev.heliograph.session.Session;
import dev.heliograph.session.SessionContext;
import dev.heliograph.websocket.Dialects.Dialect;
import io.netty.channel.EventLoop;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The native protocol's door for Dazzle's client, {@code /ws?dialect=dazzle} and {@code /ws/dazzle}. That client comes back without its token: with the key of its
 * session, or not at all.
 *
 * <p>Whoever is turned away is so before the upgrade: that client counts its attempts, and waits longer after each, only as long as no connection opens. Any event
 * loop. Source: docs/PROTOCOL.md, "Dazzle's dialect"; docs/decisions/0018.
 */
final class DazzleDoor implements UpgradeHandler {
    static final String NAME = "dazzle";

    private static final String RETRY_AFTER_SECONDS = "5";

    private final SessionContext context;
    private final Dialects dialects;
    private final Function<EventLoop, WebSocketLoop> loops;
    private final WebSocketRules rules;
    private final Resumptions resumptions;

    /**
     * @param context whose codec is that of the dialects
     * @param loops what belongs to an event loop
     */
    DazzleDoor(
            SessionContext context,
            Dialects dialects,
            Function<EventLoop, WebSocketLoop> loops,
            WebSocketRules rules,
            Resumptions resumptions) {
        this.context = context;
        this.dialects = dialects;
        this.loops = loops;
        this.rules = rules;
        this.resumptions = resumptions;
    }

    @Override
    public void upgrade(Upgrade upgrade) {
        Request request = upgrade.request();
        Response refusal = Handshake.refusal(request, rules.isTight(), context.metrics());
        if (refusal != null) {
            upgrade.refuse(refusal);
            return;
        }
        var origin = new RequestOrigin(request.header("origin"), request.header("host"));
        if (!rules.mayConnect().test(origin)) {
            upgrade.refuse(Response.text(403, "this origin is not on any workspace's list\n"));
            return;
        }
        Credentials credentials = Credentials.of(request);
        String key = request.parameter("resume");
        if (credentials.token() != null) {
            context.verifier().verify(credentials.token(), verdict -> onVerdict(upgrade, origin, verdict));
        } else if (key != null) {
            resumptions.find(
                    key, principal -> refusal(principal, origin) == null, left -> onFound(upgrade, origin, key, left));
        } else {
            onNobody(upgrade, origin, credentials.workspace());
        }
    }

    private void onVerdict(Upgrade upgrade, RequestOrigin origin, Verdict verdict) {
        switch (verdict) {
            case Verdict.Verified(Principal principal) ->
                enter(upgrade, origin, principal, null, session -> session.onOpen(verdict));
            case Verdict.Refused refused
            when refused.reason() == Verdict.Reason.KEYS_UNAVAILABLE ->
                upgrade.refuse(Response.text(503, refused.message() + "\n").with("Retry-After", RETRY_AFTER_SECONDS));
            case Verdict.Refused refused
            when refused.reason() == Verdict.Reason.REVOKED ->
                upgrade.refuse(Response.text(403, refused.message() + "\n"));
            case Verdict.Refused refused -> upgrade.refuse(Response.text(401, refused.message() + "\n"));
        }
    }

    private void onFound(Upgrade upgrade, RequestOrigin origin, String key, @Nullable Left left) {
        Response refusal = left == null
                ? Response.text(401, "the resume key is unknown, used or too old: connect with a token\n")
                : refusal(left.principal(), origin);
        if (left == null || refusal != null) {
            context.metrics().increment(Count.RESUMPTIONS_REFUSED);
            upgrade.refuse(Objects.requireNonNull(refusal));
        } else {
            enter(upgrade, origin, left.principal(), key, session -> session.onOpen(left));
        }
    }

    /** Why that session may not be taken up from there; null: it may. */
    private @Nullable Response refusal(Principal principal, RequestOrigin origin) {
        if (principal.expiresAtMs() <= context.clock().millis()) {
            return Response.text(401, "the session's token has expired: connect with a new one\n");
        }
        if (context.verifier().isRevoked(principal)) {
            return Response.text(403, "the session's token has been revoked\n");
        }
        return context.origins().test(principal.workspace(), origin) ? null : foreignOrigin();
    }

    private static Response foreignOrigin() {
        return Response.text(403, "pages of this origin may not use this workspace\n");
    }

    private void onNobody(Upgrade upgrade, RequestOrigin origin, @Nullable String workspace) {
        Principal anonymous = workspace == null ? null : rules.anonymous().apply(workspace);
        if (anonymous != null) {
            enter(upgrade, origin, anonymous, null, session -> session.onOpen(anonymous));
        } else {
            upgrade.refuse(Response.text(
                    401, "a token is needed, as ?token=, or the key of a session, as ?resume=, to take it up again\n"));
        }
    }

    private void enter(
            Upgrade upgrade, RequestOrigin origin, Principal principal, @Nullable String key, Consumer<Session> open) {
        if (!context.origins().test(principal.workspace(), origin)) {
            upgrade.refuse(foreignOrigin());
            return;
        }
        Dialect dialect = dialects.choose(upgrade.request());
        upgrade.accept(Handshake.headers(upgrade.request(), dialect.extensions()), departed -> {
            WebSocketLoop loop = loops.apply(departed.eventLoop());
            loop.receive(departed, dialect, 0, context.ticker(), outbox -> {
                Session session = Session.resumable(context, loop.hub(), outbox, origin, resumptions, key);
                return new WebSocketLoop.Opening(ClientKind.DAZZLE, session, () -> open.accept(session));
            });
        });
    }
}
