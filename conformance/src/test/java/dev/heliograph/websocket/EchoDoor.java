package dev.heliograph.websocket;

import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.Wire;
import dev.heliograph.http.Response;
import dev.heliograph.http.Upgrade;
import dev.heliograph.http.UpgradeHandler;
import dev.heliograph.protocol.codec.FrameDecoder;
import dev.heliograph.protocol.codec.FrameLimits;
import dev.heliograph.protocol.codec.WireFormat;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.function.Function;

/** The gateway's handshake, codec, outbox and wire with an echo where the session stands. Any event loop. */
public final class EchoDoor implements UpgradeHandler {
    private final FrameLimits limits;
    private final WireFormat format;
    private final Function<Channel, Wire> wires;
    private final Function<EventLoop, OutboxContext> outboxes;

    public EchoDoor(
            FrameLimits limits,
            WireFormat format,
            Function<Channel, Wire> wires,
            Function<EventLoop, OutboxContext> outboxes) {
        this.limits = limits;
        this.format = format;
        this.wires = wires;
        this.outboxes = outboxes;
    }

    @Override
    public void upgrade(Upgrade upgrade) {
        Response fault = Handshake.fault(upgrade.request());
        if (fault != null) {
            upgrade.refuse(fault);
            return;
        }
        Channel channel = upgrade.channel();
        var outbox = new Outbox(wires.apply(channel), format, outboxes.apply(channel.eventLoop()));
        var echo = new EchoConnection(new FrameDecoder(limits), outbox);
        upgrade.accept(Map.of("Sec-WebSocket-Accept", Handshake.accept(upgrade.request())), echo, "echo");
    }
}
