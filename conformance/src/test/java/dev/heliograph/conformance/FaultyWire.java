package dev.heliograph.conformance;

import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.UnaryOperator;

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
    public int send(ByteBuf bytes, int from, int length) {
        if (bytes.getByte(from) != CLOSE) {
            return wire.send(bytes, from, length);
        }
        byte[] faulty = fault.apply(ByteBufUtil.getBytes(bytes, from, length));
        wire.send(Unpooled.wrappedBuffer(faulty), 0, faulty.length);
        return length;
    }

    @Override
    public void close() {
        wire.close();
    }
}
