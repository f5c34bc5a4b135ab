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
import dev.heliograph.protocol.codec.FrameLimits;
import dev.heliograph.protocol.codec.FrameRules;
import dev.heliograph.protocol.codec.WireFormat;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The gateway's handshake, codec, outbox and wire with an echo where the session stands. Any event loop. */
public final class EchoDoor implements UpgradeHandler {
    private final FrameLimits limits;
    private final WireFormat format;
    private final UnaryOperator<Wire> fault;
    private final Function<EventLoop, OutboxContext> outboxes;
    private final Function<EventLoop, BareLoop> sockets;

    public EchoDoor(
            FrameLimits limits,
            WireFormat format,
            UnaryOperator<Wire> fault,
            Function<EventLoop, OutboxContext> outboxes,
            Function<EventLoop, BareLoop> sockets) {
        this.limits = limits;
        this.format = format;
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
        upgrade.accept(Map.of("Sec-WebSocket-Accept", Handshake.accept(upgrade.request())), this::start);
    }

    private void start(Departed departed) {
        Wire wire = fault.apply(WebSocketLoop.wire(departed, sockets.apply(departed.eventLoop())));
        var outbox = new Outbox(wire, format, outboxes.apply(departed.eventLoop()));
        wire.start(new EchoConnection(new FrameDecoder(FrameRules.plain(limits)), outbox));
    }
}
