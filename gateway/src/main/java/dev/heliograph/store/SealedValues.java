package dev.heliograph.store;

import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** How values lie in a page: their length, and their bytes. MVStore's own type believes any length, and a damaged one asks for more memory than there is. */
final class SealedValues extends BasicDataType<byte[]> {
    static final SealedValues TYPE = new SealedValues();

    private static final int OVERHEAD_BYTES = 24;

    private SealedValues() {}

    @Override
    public int getMemory(byte[] value) {
        return OVERHEAD_BYTES + value.length;
    }

    @Override
    public void write(WriteBuffer out, byte[] value) {
        out.putVarInt(value.length);
        out.put(value);
    }

    @Override
    public byte[] read(ByteBuffer in) {
        int length = DataUtils.readVarInt(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalStateException("a value is longer than its page");
        }
        byte[] value = new byte[length];
        in.get(value);
        return value;
    }

    @Override
    public byte[][] createStorage(int size) {
        return new byte[size][];
    }
}
