package dev.heliograph.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What a client's message costs from its bytes to a text: unmasked, checked, put together. The bytes lie in native memory, as a socket's do. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameDecoderBenchmark {
    private static final FrameLimits LIMITS = new FrameLimits(1 << 16, 1 << 16, 128, 10_000);
    private static final int MASK_KEY = 0x3d21fa37;

    @Param({"64", "1024", "16384"})
    public int bytes;

    @Param({"1", "8"})
    public int frames;

    @Param({"ascii", "mixed"})
    public String text = "";

    private final FrameDecoder decoder = new FrameDecoder(FrameRules.plain(LIMITS));
    private ByteBuf arrived = Unpooled.EMPTY_BUFFER;
    private ByteBuf read = Unpooled.EMPTY_BUFFER;

    @Setup
    public void prepare() {
        byte[] payload = Texts.of(text, bytes);
        arrived = Unpooled.directBuffer();
        for (int i = 0; i < frames; i++) {
            int from = payload.length * i / frames;
            int to = payload.length * (i + 1) / frames;
            int start = (i == 0 ? Frames.OPCODE_TEXT : Frames.OPCODE_CONTINUATION) | (i == frames - 1 ? Frames.FIN : 0);
            writeFrame(start, payload, from, to);
        }
        read = Unpooled.directBuffer(arrived.readableBytes());
    }

    private void writeFrame(int start, byte[] payload, int from, int to) {
        int length = to - from;
        arrived.writeByte(start);
        if (length <= Frames.CONTROL_BYTES_MAX) {
            arrived.writeByte(0x80 | length);
        } else {
            arrived.writeByte(0x80 | Frames.LENGTH_IN_16_BITS).writeShort(length);
        }
        arrived.writeIntLE(MASK_KEY);
        int at = arrived.writerIndex();
        arrived.writeBytes(payload, from, length);
        Mask.remove(MASK_KEY, arrived, at, length);
    }

    /** One message; decoding unmasks in place, so the bytes are copied in first, as a read from a socket would. */
    @Benchmark
    public void decode(Blackhole eaten) throws FrameException {
        read.clear().writeBytes(arrived, 0, arrived.writerIndex());
        decoder.decode(read, 0, new Eater(eaten));
    }

    private record Eater(Blackhole eaten) implements FrameDecoder.Sink {
        @Override
        public void onText(ByteBuf utf8) {
            eaten.consume(utf8.readableBytes());
        }

        @Override
        public void onPing(ByteBuf payload) {
            throw new IllegalStateException("no ping was sent");
        }

        @Override
        public void onPong(ByteBuf payload) {
            throw new IllegalStateException("no pong was sent");
        }

        @Override
        public void onClose(int code, String reason) {
            throw new IllegalStateException("no close was sent: " + code + " " + reason);
        }
    }

    /** What is sent. */
    static final class Texts {
        private Texts() {}

        /** Valid UTF-8 of so many bytes: letters alone, or every seventh character one of two bytes. */
        static byte[] of(String kind, int bytes) {
            var text = new StringBuilder();
            int size = 0;
            for (int i = 0; size < bytes; i++) {
                boolean wide = kind.equals("mixed") && i % 7 == 3 && size + 2 <= bytes;
                text.append(wide ? '\u00e9' : (char) ('a' + i % 26));
                size += wide ? 2 : 1;
            }
            return text.toString().getBytes(StandardCharsets.UTF_8);
        }
    }
}
