package dev.heliograph.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The two loops over a message's bytes, alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BytesBenchmark {
    @Param({"64", "1024", "16384"})
    public int bytes;

    @Param({"ascii", "mixed"})
    public String text = "";

    private ByteBuf payload = Unpooled.EMPTY_BUFFER;

    @Setup
    public void prepare() {
        payload = Unpooled.directBuffer().writeBytes(FrameDecoderBenchmark.Texts.of(text, bytes));
    }

    @Benchmark
    public boolean checkUtf8() {
        return Utf8Check.isWhole(payload);
    }

    /** Twice, so that the text is itself again. */
    @Benchmark
    public int maskTwice() {
        Mask.remove(0x3d21fa37, payload, 0, bytes);
        return Mask.remove(0x3d21fa37, payload, 0, bytes);
    }
}
