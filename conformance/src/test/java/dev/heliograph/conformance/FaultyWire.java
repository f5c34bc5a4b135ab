package dev.heliograph.conformance;

import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A wire that does something to each Close frame on its way: proves that the tests would see it. */
final class FaultyWire implements Wire {
    private static final byte CLOSE = (byte) 0x88;

    private final Wire wire;
    private final UnaryOperator<byte[]> fault;

    FaultyWire(Wire wire, UnaryOperator<byte[]> fault) {
        this.wire = wire;
        this.fault = fault;
    }

    @Override
    public void start(Receiver receiver) {
        wire.start(receiver);
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        return wire.send(bytes, from, length);
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        byte @Nullable [] faulty = lastFrame != null && lastFrame[0] == CLOSE ? fault.apply(lastFrame) : lastFrame;
        wire.close(faulty);
    }
}
