package dev.heliograph.websocket;

import dev.heliograph.http.Response;
import dev.heliograph.http.Router;
import dev.heliograph.http.UpgradeHandler;
import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.session.Resumptions;
import dev.heliograph.session.SessionContext;
import io.netty.channel.EventLoop;
import java.util.function.Function;

/** The paths of the native protocol over WebSockets, and of its dialect. */
public final class WebSocketRoutes {
    private WebSocketRoutes() {}

    /**
     * @param ofNative the formats of the native protocol
     * @param ofDazzle those of Dazzle's dialect
     * @param dazzle its codec
     * @param loops what belongs to an event loop
     */
    public static void register(
            Router router,
            SessionContext sessions,
            Dialects ofNative,
            Dialects ofDazzle,
            Codec dazzle,
            Resumptions resumptions,
            Function<EventLoop, WebSocketLoop> loops,
            WebSocketRules rules) {
        UpgradeHandler natives = new WebSocketDoor(sessions, ofNative, loops, rules);
        UpgradeHandler dazzles = new DazzleDoor(sessions.speaking(dazzle), ofDazzle, loops, rules, resumptions);
        router.upgrade("/ws", upgrade -> {
            String dialect = upgrade.request().parameter("dialect");
            if (dialect == null) {
                natives.upgrade(upgrade);
            } else if (dialect.equals(DazzleDoor.NAME)) {
                dazzles.upgrade(upgrade);
            } else {
                upgrade.refuse(Response.text(400, "\"dialect\" is dazzle, or not given\n"));
            }
        });
        router.upgrade("/ws/" + DazzleDoor.NAME, dazzles);
    }
}
