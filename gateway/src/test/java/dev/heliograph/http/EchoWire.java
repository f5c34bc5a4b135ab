package dev.heliograph.http;

import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.NettyWire;
import dev.heliograph.egress.PlainWire;
import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.TlsWire;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/** Owns a connection that has left HTTP, and sends back every byte it gets. */
final class EchoWire implements Receiver {
    private static final int INBOX_BYTES = 4_096;

    private final Wire wire;
    private final BareLoop loop;
    private final Deque<ByteBuf> waiting = new ArrayDeque<>();

    private EchoWire(Wire wire, BareLoop loop) {
        this.wire = wire;
        this.loop = loop;
    }

    static void start(Departed departed) {
        var loop = new BareLoop(
                (IoEventLoop) departed.eventLoop(),
                Unpooled.directBuffer(INBOX_BYTES),
                Unpooled.directBuffer(TlsWire.SCRATCH_BYTES_MIN),
                Unpooled.directBuffer(TlsWire.SCRATCH_BYTES_MIN),
                _ -> {});
        Wire wire = switch (departed) {
            case Departed.Bare bare -> new PlainWire(bare.socket(), loop, bare.received(), bare.onClosed());
            case Departed.BareTls(var bare, var engine, var sealed) ->
                new TlsWire(bare.socket(), loop, engine, bare.received(), sealed, bare.onClosed());
            case Departed.Channeled channeled -> new NettyWire(channeled.channel(), channeled::shutdownOutput);
        };
        wire.start(new EchoWire(wire, loop));
    }

    @Override
    public void onOpen() {}

    @Override
    public void onBytes(ByteBuf bytes) {
        waiting.add(Unpooled.directBuffer(Math.max(1, bytes.readableBytes())).writeBytes(bytes));
        onWritable();
    }

    @Override
    public void onWritable() {
        while (!waiting.isEmpty()) {
            ByteBuf first = waiting.getFirst();
            first.skipBytes(wire.send(first, first.readerIndex(), first.readableBytes()));
            if (first.isReadable()) {
                return;
            }
            waiting.removeFirst().release();
        }
    }

    @Override
    public void onFault(Throwable cause) {
        throw new AssertionError(cause);
    }

    @Override
    public void onGone() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        loop.inbox().release();
        loop.opened().release();
        loop.sealed().release();
    }
}
