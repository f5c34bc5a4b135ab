package dev.heliograph.websocket;

import dev.heliograph.app.App;
import dev.heliograph.app.Apps;
import dev.heliograph.app.PusherContext;
import dev.heliograph.app.PusherSession;
import dev.heliograph.app.TurnedAway;
import dev.heliograph.egress.Outbox;
import dev.heliograph.http.Departed;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.http.Upgrade;
import dev.heliograph.http.UpgradeHandler;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherException;
import dev.heliograph.protocol.pusher.QueryParameters;
import dev.heliograph.websocket.Dialects.Dialect;
import dev.heliograph.websocket.WebSocketLoop.Opening;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The door for clients of Pusher's protocol, {@code /app/{key}}: makes a session of what comes in, and tells whom it turns away why. An origin is not looked at,
 * as with Pusher: an app's key is public, and what is not for everyone takes a signature. Any event loop. Source: Pusher Channels Protocol, "Connection".
 */
public final class PusherDoor implements UpgradeHandler {
    /** Below it stands the key. */
    public static final String PATH = "/app/";

    private final PusherContext context;
    private final Apps apps;
    private final Dialects dialects;
    private final Function<EventLoop, WebSocketLoop> loops;
    private final BooleanSupplier isTight;

    /**
     * @param loops what belongs to an event loop
     * @param isTight whether those who are here already are almost too much
     */
    public PusherDoor(
            PusherContext context,
            Apps apps,
            Dialects dialects,
            Function<EventLoop, WebSocketLoop> loops,
            BooleanSupplier isTight) {
        this.context = context;
        this.apps = apps;
        this.dialects = dialects;
        this.loops = loops;
        this.isTight = isTight;
    }

    @Override
    public void upgrade(Upgrade upgrade) {
        Request request = upgrade.request();
        Response refusal = Handshake.refusal(request, isTight, context.metrics());
        if (refusal != null) {
            upgrade.refuse(refusal);
        } else {
            Dialect dialect = dialects.choose(request);
            upgrade.accept(headers(request, dialect), departed -> start(departed, dialect, request));
        }
    }

    private static Map<String, String> headers(Request request, Dialect dialect) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Sec-WebSocket-Accept", Handshake.accept(request));
        if (dialect.extensions() != null) {
            headers.put("Sec-WebSocket-Extensions", dialect.extensions());
        }
        return headers;
    }

    private void start(Departed departed, Dialect dialect, Request request) {
        WebSocketLoop loop = loops.apply(departed.eventLoop());
        loop.receive(
                departed, dialect, context.socketIds().next(), context.ticker(), outbox -> open(request, loop, outbox));
    }

    private Opening open(Request request, WebSocketLoop loop, Outbox outbox) {
        try {
            App app = app(request.path());
            var handshake = dev.heliograph.protocol.pusher.Handshake.read(QueryParameters.of(request.query()));
            if (!app.enter()) {
                throw refused(PusherCode.APP_OVER_CONNECTION_QUOTA);
            }
            var session = new PusherSession(context, app, loop.hub(), outbox, handshake);
            return new Opening(ClientKind.PUSHER, session, session::onOpen);
        } catch (PusherException e) {
            return turnedAway(outbox, e.code(), e.explanation());
        } catch (ApiException e) {
            return turnedAway(outbox, PusherCode.VERSION_MALFORMED, e.explanation());
        }
    }

    private Opening turnedAway(Outbox outbox, @Nullable PusherCode code, String explanation) {
        var conversation = new TurnedAway(
                outbox, context.metrics(), code == null ? PusherCode.VERSION_MALFORMED : code, explanation);
        return new Opening(ClientKind.PUSHER, conversation, conversation::onOpen);
    }

    private App app(String path) throws PusherException {
        String key = path.substring(PATH.length());
        if (key.isEmpty() || key.indexOf('/') >= 0) {
            throw refused(PusherCode.PATH_NOT_FOUND);
        }
        App app = apps.withKey(key);
        if (app == null) {
            throw refused(PusherCode.APP_UNKNOWN);
        }
        if (!app.config().enabled()) {
            throw refused(PusherCode.APP_DISABLED);
        }
        return app;
    }

    private static PusherException refused(PusherCode code) {
        return new PusherException(code, code.reason());
    }
}
