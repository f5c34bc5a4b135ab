package dev.heliograph.websocket;

import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.NettyWire;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.PlainWire;
import dev.heliograph.egress.TlsWire;
import dev.heliograph.egress.Wire;
import dev.heliograph.http.Departed;
import io.netty.channel.EventLoop;

/** What the WebSocket connections of one event loop share. */
public record WebSocketLoop(
        EventLoop eventLoop, LoopHub hub, OutboxContext outboxes, LoopConnections connections, BareLoop sockets) {

    /** The way to a peer whose connection has left HTTP on this loop. */
    Wire wire(Departed departed) {
        return wire(departed, sockets);
    }

    static Wire wire(Departed departed, BareLoop sockets) {
        return switch (departed) {
            case Departed.Bare bare -> new PlainWire(bare.socket(), sockets, bare.received(), bare.onClosed());
            case Departed.BareTls(var bare, var engine, var sealed) ->
                new TlsWire(bare.socket(), sockets, engine, bare.received(), sealed, bare.onClosed());
            case Departed.Channeled channeled -> new NettyWire(channeled.channel(), channeled::shutdownOutput);
        };
    }
}
