package dev.heliograph.http;

import dev.heliograph.egress.NettyWire;
import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Owns a channel that has left HTTP, and closes it with a last word at the first byte it gets. */
final class LastWordWire implements Receiver {
    private final Wire wire;
    private final byte[] word;

    private LastWordWire(Wire wire, String word) {
        this.wire = wire;
        this.word = word.getBytes(StandardCharsets.US_ASCII);
    }

    static void start(Departed departed, String word) {
        var channeled = (Departed.Channeled) departed;
        var wire = new NettyWire(channeled.channel(), channeled::shutdownOutput);
        wire.start(new LastWordWire(wire, word));
    }

    @Override
    public void onOpen() {}

    @Override
    public void onBytes(ByteBuf bytes) {
        wire.close(word);
    }

    @Override
    public void onWritable() {}

    @Override
    public void onFault(Throwable cause) {
        throw new AssertionError(cause);
    }

    @Override
    public void onGone() {}
}
