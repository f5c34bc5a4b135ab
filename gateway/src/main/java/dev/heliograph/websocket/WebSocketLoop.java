package dev.heliograph.websocket;

import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.NettyWire;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.PlainWire;
import dev.heliograph.egress.TlsWire;
import dev.heliograph.egress.Wire;
import dev.heliograph.http.Departed;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.protocol.codec.FrameDecoder;
import dev.heliograph.session.Conversation;
import dev.heliograph.websocket.Dialects.Dialect;
import io.netty.channel.EventLoop;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** What the clients' connections of one event loop share. */
public record WebSocketLoop(
        EventLoop eventLoop, LoopHub hub, OutboxContext outboxes, LoopConnections connections, BareLoop sockets) {

    /** The way to a peer whose connection has left HTTP on this loop. */
    public Wire wire(Departed departed) {
        return wire(departed, sockets);
    }

    /** A conversation that has not begun yet, and how it begins. */
    record Opening(ClientKind kind, Conversation conversation, Runnable open) {}

    /**
     * Takes over a connection that has left HTTP on this loop.
     *
     * @param connection its number; 0 if nothing that is published can name it
     */
    void receive(
            Departed departed, Dialect dialect, long connection, LongSupplier ticker, Function<Outbox, Opening> begin) {
        Wire wire = wire(departed);
        var outbox = new Outbox(wire, dialect.format(), outboxes, connection);
        Opening opening = begin.apply(outbox);
        wire.start(new WebSocketConnection(new FrameDecoder(dialect.rules()), opening, outbox, connections, ticker));
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
