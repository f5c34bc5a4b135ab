package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Feeds a byte stream to a decoder in reads of chosen sizes and writes down what came out, the refusal last. */
final class Reading implements FrameDecoder.Sink {
    static final FrameLimits LIMITS = new FrameLimits(70_000, 140_000, 16, 10_000);

    /** Without leak records, which would take most of the time; that nothing is kept is asserted after each read. */
    static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(true, true);

    private final List<String> events = new ArrayList<>();
    private final FrameDecoder decoder;

    Reading(FrameLimits limits) {
        this(FrameRules.plain(limits));
    }

    Reading(FrameRules rules) {
        decoder = new FrameDecoder(rules);
    }

    /** What comes of the stream when it is read in pieces that end at the cuts and at its end. */
    static List<String> of(FrameLimits limits, byte[] stream, int... cuts) {
        return of(FrameRules.plain(limits), stream, cuts);
    }

    static List<String> of(FrameRules rules, byte[] stream, int... cuts) {
        Reading reading = new Reading(rules);
        int from = 0;
        for (int cut : cuts) {
            reading.read(stream, from, cut);
            from = cut;
        }
        reading.read(stream, from, stream.length);
        return reading.events;
    }

    FrameDecoder decoder() {
        return decoder;
    }

    List<String> events() {
        return events;
    }

    void read(byte[] stream) {
        read(stream, 0, stream.length);
    }

    void read(byte[] stream, int from, int to) {
        int offset = from % 8;
        ByteBuf in =
                from % 2 == 0 ? UNTRACKED.heapBuffer(offset + to - from) : UNTRACKED.directBuffer(offset + to - from);
        read(in.setIndex(offset, offset).writeBytes(stream, from, to - from));
        in.release();
    }

    /** One read, after which the buffer is overwritten as the next read of the loop would. */
    void read(ByteBuf in) {
        try {
            decoder.decode(in, 0, this);
        } catch (FrameException refusal) {
            events.add(refused(refusal.code().code()));
        }
        assertEquals(0, in.readableBytes(), "all is read, whatever happens");
        assertEquals(1, in.refCnt(), "neither kept nor released");
        in.setZero(0, in.capacity());
    }

    static String refused(int code) {
        return "refused " + code;
    }

    static String text(CharSequence text) {
        return "text " + text;
    }

    static String ping(ByteBuf payload) {
        return "ping " + ByteBufUtil.hexDump(payload);
    }

    static String pong(ByteBuf payload) {
        return "pong " + ByteBufUtil.hexDump(payload);
    }

    static String closed(int code, String reason) {
        return "close " + code + " " + reason;
    }

    @Override
    public void onText(ByteBuf utf8) {
        events.add(text(utf8.toString(StandardCharsets.UTF_8)));
    }

    @Override
    public void onPing(ByteBuf payload) {
        events.add(ping(payload));
    }

    @Override
    public void onPong(ByteBuf payload) {
        events.add(pong(payload));
    }

    @Override
    public void onClose(int code, String reason) {
        events.add(closed(code, reason));
    }
}
