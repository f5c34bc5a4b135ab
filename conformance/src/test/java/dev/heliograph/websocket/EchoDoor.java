package dev.heliograph.websocket;

import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.Wire;
import dev.heliograph.http.Departed;
import dev.heliograph.http.Response;
import dev.heliograph.http.Upgrade;
import dev.heliograph.http.UpgradeHandler;
import dev.heliograph.protocol.codec.FrameDecoder;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.websocket.Dialects.Dialect;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The gateway's handshake, codec, outbox and wire with an echo where the session stands. Any event loop. */
public final class EchoDoor implements UpgradeHandler {
    private final Dialects dialects;
    private final UnaryOperator<byte[]> compressing;
    private final UnaryOperator<Wire> fault;
    private final Function<EventLoop, OutboxContext> outboxes;
    private final Function<EventLoop, BareLoop> sockets;

    /** @param compressing makes the frame of a text for a client that can inflate */
    public EchoDoor(
            Dialects dialects,
            UnaryOperator<byte[]> compressing,
            UnaryOperator<Wire> fault,
            Function<EventLoop, OutboxContext> outboxes,
            Function<EventLoop, BareLoop> sockets) {
        this.dialects = dialects;
        this.compressing = compressing;
        this.fault = fault;
        this.outboxes = outboxes;
        this.sockets = sockets;
    }

    @Override
    public void upgrade(Upgrade upgrade) {
        Response fault = Handshake.fault(upgrade.request());
        if (fault != null) {
            upgrade.refuse(fault);
            return;
        }
        Dialect dialect = dialects.choose(upgrade.request());
        var headers = new HashMap<>(Map.of("Sec-WebSocket-Accept", Handshake.accept(upgrade.request())));
        if (dialect.extensions() != null) {
            headers.put("Sec-WebSocket-Extensions", dialect.extensions());
        }
        upgrade.accept(headers, departed -> start(departed, dialect));
    }

    private void start(Departed departed, Dialect dialect) {
        Wire wire = fault.apply(WebSocketLoop.wire(departed, sockets.apply(departed.eventLoop())));
        var outbox = new Outbox(wire, dialect.format(), outboxes.apply(departed.eventLoop()));
        UnaryOperator<byte[]> framing = dialect.extensions() == null ? Frames::text : compressing;
        wire.start(new EchoConnection(new FrameDecoder(dialect.rules()), outbox, framing));
    }
}
