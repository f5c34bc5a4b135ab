package dev.heliograph.websocket;

import com.github.benmanes.caffeine.cache.Interner;
import dev.heliograph.auth.Principal;
import dev.heliograph.http.Departed;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.http.Upgrade;
import dev.heliograph.http.UpgradeHandler;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.session.RequestOrigin;
import dev.heliograph.session.Session;
import dev.heliograph.session.SessionContext;
import dev.heliograph.websocket.Dialects.Dialect;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The native protocol's door, {@code /ws}: checks the handshake and the origin, and makes a session of what comes in. Any event loop. */
public final class WebSocketDoor implements UpgradeHandler {
    private final SessionContext context;
    private final Dialects dialects;
    private final Function<EventLoop, WebSocketLoop> loops;
    private final WebSocketRules rules;
    /** Most clients come from a few origins: one object for all of one. */
    private final Interner<RequestOrigin> from = Interner.newWeakInterner();

    /** @param loops what belongs to an event loop */
    public WebSocketDoor(
            SessionContext context, Dialects dialects, Function<EventLoop, WebSocketLoop> loops, WebSocketRules rules) {
        this.context = context;
        this.dialects = dialects;
        this.loops = loops;
        this.rules = rules;
    }

    @Override
    public void upgrade(Upgrade upgrade) {
        Request request = upgrade.request();
        Response refusal = Handshake.refusal(request, rules.isTight(), context.metrics());
        if (refusal != null) {
            upgrade.refuse(refusal);
            return;
        }
        RequestOrigin origin = from.intern(new RequestOrigin(request.header("origin"), request.header("host")));
        if (!rules.mayConnect().test(origin)) {
            upgrade.refuse(Response.text(403, "this origin is not on any workspace's list\n"));
            return;
        }
        Credentials credentials = Credentials.of(request);
        Principal anonymous = anonymous(credentials);
        if (credentials.token() == null && credentials.workspace() != null && anonymous == null) {
            upgrade.refuse(Response.text(403, "this workspace has no channels for connections without a token\n"));
            return;
        }
        if (credentials.token() != null) {
            // before the upgrade, so that what the client sends right behind it is read when it is known who that is
            context.verifier()
                    .verify(
                            credentials.token(),
                            verdict -> accept(upgrade, origin, session -> session.onOpen(verdict)));
        } else {
            accept(upgrade, origin, anonymous == null ? Session::onOpen : session -> session.onOpen(anonymous));
        }
    }

    private @Nullable Principal anonymous(Credentials credentials) {
        return credentials.workspace() == null ? null : rules.anonymous().apply(credentials.workspace());
    }

    private void accept(Upgrade upgrade, RequestOrigin origin, Consumer<Session> open) {
        Dialect dialect = dialects.choose(upgrade.request());
        upgrade.accept(
                Handshake.headers(upgrade.request(), dialect.extensions()),
                departed -> start(departed, dialect, origin, open));
    }

    private void start(Departed departed, Dialect dialect, RequestOrigin origin, Consumer<Session> open) {
        WebSocketLoop loop = loops.apply(departed.eventLoop());
        loop.receive(departed, dialect, 0, context.ticker(), outbox -> {
            var session = new Session(context, loop.hub(), outbox, origin);
            return new WebSocketLoop.Opening(ClientKind.WEBSOCKET, session, () -> open.accept(session));
        });
    }
}
