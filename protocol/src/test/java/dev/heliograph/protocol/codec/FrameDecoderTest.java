package dev.heliograph.protocol.codec;

import static dev.heliograph.protocol.codec.ClientFrame.CLOSE;
import static dev.heliograph.protocol.codec.ClientFrame.CONTINUATION;
import static dev.heliograph.protocol.codec.ClientFrame.FIN;
import static dev.heliograph.protocol.codec.ClientFrame.PING;
import static dev.heliograph.protocol.codec.ClientFrame.PONG;
import static dev.heliograph.protocol.codec.ClientFrame.TEXT;
import static dev.heliograph.protocol.codec.Reading.LIMITS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
    private static final long NOW_NANOS = -5_000_000_000L;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 125, 126, 127, 65_535, 65_536, 70_000})
    void text_ofAnyLengthForm_isDelivered(int length) {
        String text = "abcdefgh".repeat(length / 8 + 1).substring(0, length);
        assertEquals(
                List.of(Reading.text(text)),
                Reading.of(LIMITS, ClientFrame.text(text).bytes()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x01020304, 0x80FF7F00, -1})
    void text_maskedWithAnyKey_isUnmasked(int key) {
        assertEquals(
                List.of("text grüße 🚀 to all"),
                Reading.of(
                        LIMITS, ClientFrame.text("grüße 🚀 to all").withKey(key).bytes()));
    }

    @Test
    void text_wholeInTheInput_isASliceOfItUnmaskedInPlace() throws FrameException {
        byte[] array = ClientFrame.text("in place").bytes();
        ByteBuf in = Unpooled.wrappedBuffer(array);
        new FrameDecoder(FrameRules.plain(LIMITS)).decode(in, NOW_NANOS, new Texts() {
            @Override
            public void onText(ByteBuf utf8) {
                assertEquals(8, utf8.readableBytes());
                assertEquals(6, utf8.arrayOffset());
                assertEquals(array, utf8.array());
            }
        });
        assertEquals("in place", new String(array, 6, 8, StandardCharsets.UTF_8));
    }

    @Test
    void input_ofManyComponents_isReadAlike() {
        byte[] stream = ClientFrame.stream(ClientFrame.text("over several äöü buffers"), ClientFrame.ping("p"));
        ByteBuf in = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(stream, 0, 9), Unpooled.copiedBuffer(stream, 9, stream.length - 9));
        Reading reading = new Reading(LIMITS);
        reading.read(in);
        in.release();
        assertEquals(List.of("text over several äöü buffers", "ping 70"), reading.events());
    }

    @Test
    void fragments_withControlFramesBetween_areOneMessage() {
        byte[] stream = ClientFrame.stream(
                ClientFrame.of(TEXT, "one, "),
                ClientFrame.ping("hi"),
                ClientFrame.of(CONTINUATION, ""),
                ClientFrame.of(FIN | PONG, ""),
                ClientFrame.of(CONTINUATION, "two, "),
                ClientFrame.of(FIN | CONTINUATION, "three"),
                ClientFrame.text("next"));
        assertEquals(List.of("ping 6869", "pong ", "text one, two, three", "text next"), Reading.of(LIMITS, stream));
    }

    @Test
    void character_splitOverFragments_isAccepted() {
        byte[] rocket = "🚀".getBytes(StandardCharsets.UTF_8);
        byte[] stream = ClientFrame.stream(
                ClientFrame.of(TEXT, new byte[] {rocket[0]}),
                ClientFrame.of(CONTINUATION, new byte[] {rocket[1], rocket[2]}),
                ClientFrame.of(FIN | CONTINUATION, new byte[] {rocket[3]}));
        assertEquals(List.of("text 🚀"), Reading.of(LIMITS, stream));
    }

    @Test
    void emptyMessages_wholeAndFragmented_areDelivered() {
        byte[] stream = ClientFrame.stream(
                ClientFrame.text(""), ClientFrame.of(TEXT, ""), ClientFrame.of(FIN | CONTINUATION, ""));
        assertEquals(List.of("text ", "text "), Reading.of(LIMITS, stream));
    }

    @ParameterizedTest
    @MethodSource("sendableCloseCodes")
    void close_withACodeThatMayTravel_isDelivered(int code) {
        assertEquals(
                List.of(Reading.closed(code, "bye ü")),
                Reading.of(LIMITS, ClientFrame.close(code, "bye ü").bytes()));
    }

    static IntStream sendableCloseCodes() {
        return IntStream.concat(
                IntStream.of(1000, 1001, 1002, 1003, 3000, 3999, 4000, 4999), IntStream.rangeClosed(1007, 1014));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
    void close_withACodeThatMustNotTravel_isAProtocolError(int code) {
        assertEquals(
                List.of("refused 1002"),
                Reading.of(LIMITS, ClientFrame.close(code, "").bytes()));
    }

    @Test
    void close_withoutPayload_isDeliveredAsNoStatus() {
        assertEquals(
                List.of("close 1005 "),
                Reading.of(LIMITS, ClientFrame.of(FIN | CLOSE, "").bytes()));
    }

    @Test
    void close_insideAFragmentedMessage_endsTheReading() {
        byte[] stream = ClientFrame.stream(
                ClientFrame.of(TEXT, "never "),
                ClientFrame.close(1001, ""),
                ClientFrame.of(FIN | CONTINUATION, "finished"),
                ClientFrame.of(0x7F, "nor is this refused"));
        assertEquals(List.of("close 1001 "), Reading.of(LIMITS, stream));
    }

    /** Each needs no more than the bytes given, so a header is refused before its payload. */
    static Stream<Arguments> violations() {
        return Stream.of(
                arguments("reserved bit 1", "C1", 1002, "reserved bits"),
                arguments("reserved bit 2", "A1", 1002, "reserved bits"),
                arguments("reserved bit 3", "91", 1002, "reserved bits"),
                arguments("reserved bit in a control frame", "C9", 1002, "reserved bits"),
                arguments("reserved bit in a continuation", "01 80 00000000 C0", 1002, "reserved bits"),
                arguments("reserved data opcode 3", "83", 1002, "opcode 3"),
                arguments("reserved data opcode 7", "87", 1002, "opcode 7"),
                arguments("reserved control opcode 11", "8B", 1002, "opcode 11"),
                arguments("reserved control opcode 15", "8F", 1002, "opcode 15"),
                arguments("unmasked text", "81 05", 1002, "masked"),
                arguments("unmasked empty ping", "89 00", 1002, "masked"),
                arguments("fragmented ping", "09", 1002, "fragmented"),
                arguments("fragmented pong", "0A", 1002, "fragmented"),
                arguments("fragmented close", "08", 1002, "fragmented"),
                arguments("ping of 126 bytes", "89 FE", 1002, "control frame"),
                arguments("close with a 64-bit length", "88 FF", 1002, "control frame"),
                arguments("close of 1 byte", "88 81", 1002, "1 byte"),
                arguments("continuation outside a message", "80", 1002, "outside"),
                arguments("continuation after a message", "81 80 00000000 00", 1002, "outside"),
                arguments("text inside a message", "01 80 00000000 81", 1002, "inside"),
                arguments("binary inside a message", "01 80 00000000 82", 1002, "inside"),
                arguments("125 in 16 bits", "81 FE 007D", 1002, "length 125"),
                arguments("0 in 16 bits", "81 FE 0000", 1002, "length 0"),
                arguments("65535 in 64 bits", "81 FF 000000000000FFFF", 1002, "length 65535"),
                arguments("5 in 64 bits", "81 FF 0000000000000005", 1002, "length 5"),
                arguments("length with its top bit set", "81 FF 8000000000000000", 1002, "top bit"),
                arguments("frame one over the limit", "81 FF 0000000000011171", 1009, "70001 bytes"),
                arguments("frame of all the memory there is", "81 FF 7FFFFFFFFFFFFFFF", 1009, "at most 70000"),
                arguments("binary message", "82", 1003, "binary"),
                arguments("first fragment of a binary message", "02", 1003, "binary"),
                arguments("close reason that is not UTF-8", "88 83 00000000 03E8 FF", 1007, "UTF-8"),
                arguments("close reason that ends inside a character", "88 83 00000000 03E8 C3", 1007, "UTF-8"),
                arguments("text that ends inside a character", "81 82 00000000 61 C3", 1007, "UTF-8"),
                arguments("overlong slash in a long frame", "81 FE 00FF 00000000 C0", 1007, "UTF-8"),
                arguments("surrogate in a long frame", "81 FE 00FF 00000000 ED A0", 1007, "UTF-8"),
                arguments("above U+10FFFF in a long frame", "81 FE 00FF 00000000 F4 90", 1007, "UTF-8"),
                arguments("bad second fragment", "01 81 00000000 C3 00 84 00000000 28", 1007, "UTF-8"),
                arguments("last fragment inside a character", "01 81 00000000 C3 80 80 00000000", 1007, "UTF-8"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void violation_isRefusedFromItsFirstBytes(String name, String hex, int code, String reason) {
        byte[] stream = HexFormat.of().parseHex(hex.replace(" ", ""));
        FrameDecoder decoder = new FrameDecoder(FrameRules.plain(LIMITS));
        FrameException refusal = assertThrows(
                FrameException.class,
                () -> decoder.decode(Unpooled.wrappedBuffer(stream), NOW_NANOS, new Texts()),
                name);
        assertEquals(code, refusal.code().code());
        assertTrue(String.valueOf(refusal.getMessage()).contains(reason), refusal::getMessage);
        List<String> lastByteAlone = Reading.of(LIMITS, stream, stream.length - 1);
        assertEquals(Reading.refused(code), lastByteAlone.getLast());
    }

    @Test
    void message_overItsBytes_isRefusedAtTheHeaderThatExceedsThem() {
        FrameLimits limits = new FrameLimits(125, 200, 16, 1);
        byte[] first = ClientFrame.of(TEXT, "a".repeat(125)).bytes();
        Reading fitting = new Reading(limits);
        fitting.read(first);
        fitting.read(ClientFrame.of(FIN | CONTINUATION, "b".repeat(75)).bytes());
        assertEquals(List.of(Reading.text("a".repeat(125) + "b".repeat(75))), fitting.events());

        Reading exceeding = new Reading(limits);
        exceeding.read(first);
        exceeding.read(new byte[] {(byte) (FIN | PING), (byte) (0x80 | 125)});
        exceeding.read(new byte[4 + 125]);
        exceeding.read(new byte[] {(byte) (FIN | CONTINUATION), (byte) (0x80 | 76)});
        assertEquals(List.of("ping " + "00".repeat(125), "refused 1009"), exceeding.events());
    }

    @Test
    void message_overItsFragments_isRefusedAlsoIfTheyAreEmpty() {
        FrameLimits limits = new FrameLimits(125, 125, 3, 1);
        byte[] three = ClientFrame.stream(ClientFrame.of(TEXT, ""), ClientFrame.of(CONTINUATION, ""));
        byte[] last = ClientFrame.of(FIN | CONTINUATION, "end").bytes();
        Reading fitting = new Reading(limits);
        fitting.read(three);
        fitting.read(last);
        fitting.read(three);
        fitting.read(last);
        assertEquals(List.of("text end", "text end"), fitting.events());

        Reading exceeding = new Reading(limits);
        exceeding.read(three);
        exceeding.read(ClientFrame.of(CONTINUATION, "").bytes());
        exceeding.read(new byte[] {(byte) (FIN | CONTINUATION)});
        assertEquals(List.of("refused 1009"), exceeding.events());
    }

    @Test
    void decoder_afterARefusal_ignoresEverything() {
        Reading reading = new Reading(LIMITS);
        reading.read(ClientFrame.stream(
                ClientFrame.text("before"), ClientFrame.text("bad").unmasked(), ClientFrame.text("same read")));
        reading.read(ClientFrame.text("next read").bytes());
        reading.read(new byte[] {0x7F, 0x7F});
        assertEquals(List.of("text before", "refused 1002"), reading.events());
    }

    @Test
    void decoder_closedByItsSink_deliversNoMoreOfTheRead() throws FrameException {
        byte[] stream = ClientFrame.stream(
                ClientFrame.of(TEXT, "st"),
                ClientFrame.of(FIN | CONTINUATION, "op"),
                ClientFrame.text("more"),
                ClientFrame.of(0x7F, ""));
        assertEquals(1, deliveredUntilClosed(stream, 0));
        assertEquals(1, deliveredUntilClosed(ClientFrame.stream(ClientFrame.text("a"), ClientFrame.text("b")), 0));
        assertEquals(1, deliveredUntilClosed(ClientFrame.stream(ClientFrame.ping("a"), ClientFrame.text("b")), 0));
        assertEquals(1, deliveredUntilClosed(ClientFrame.stream(ClientFrame.ping("a"), ClientFrame.text("b")), 7));
    }

    private static int deliveredUntilClosed(byte[] stream, int cut) throws FrameException {
        FrameDecoder decoder = new FrameDecoder(FrameRules.plain(LIMITS));
        Counting counting = new Counting(decoder);
        decoder.decode(Unpooled.copiedBuffer(stream, 0, cut), NOW_NANOS, counting);
        decoder.decode(Unpooled.copiedBuffer(stream, cut, stream.length - cut), NOW_NANOS, counting);
        decoder.decode(Unpooled.copiedBuffer(stream), NOW_NANOS, counting);
        return counting.delivered;
    }

    @Test
    void decoder_whoseSinkThrows_isClosedAndHasReadAll() throws FrameException {
        FrameDecoder decoder = new FrameDecoder(FrameRules.plain(LIMITS));
        ByteBuf in = Unpooled.wrappedBuffer(ClientFrame.stream(ClientFrame.text("a"), ClientFrame.text("b")));
        assertThrows(
                IllegalStateException.class,
                () -> decoder.decode(in, NOW_NANOS, new Texts() {
                    @Override
                    public void onText(ByteBuf utf8) {
                        throw new IllegalStateException("sink");
                    }
                }));
        assertEquals(0, in.readableBytes());
        Counting counting = new Counting(decoder);
        decoder.decode(Unpooled.wrappedBuffer(ClientFrame.text("c").bytes()), NOW_NANOS, counting);
        assertEquals(0, counting.delivered);
    }

    @Test
    void message_unfinishedForTooLong_isRefusedOnce() throws FrameException {
        FrameDecoder decoder = new FrameDecoder(FrameRules.plain(LIMITS));
        long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(LIMITS.messageTimeoutMs());
        decoder.decode(Unpooled.wrappedBuffer(ClientFrame.of(TEXT, "a").bytes()), NOW_NANOS, new Texts());
        decoder.decode(
                Unpooled.wrappedBuffer(ClientFrame.of(CONTINUATION, "b").bytes()),
                NOW_NANOS + timeoutNanos / 2,
                new Texts());
        decoder.checkOverdue(NOW_NANOS + timeoutNanos);
        FrameException refusal =
                assertThrows(FrameException.class, () -> decoder.checkOverdue(NOW_NANOS + timeoutNanos + 1));
        assertEquals(CloseCode.POLICY_VIOLATION, refusal.code());
        assertEquals("message not finished within 10000 ms", refusal.getMessage());
        decoder.checkOverdue(Long.MAX_VALUE + NOW_NANOS);
        decoder.decode(Unpooled.wrappedBuffer(new byte[] {0x7F}), NOW_NANOS, new Texts());
    }

    @Test
    void message_whoseOnlyFrameTrickles_isOverdueToo() throws FrameException {
        FrameDecoder decoder = new FrameDecoder(FrameRules.plain(LIMITS));
        byte[] frame = ClientFrame.text("slow").bytes();
        decoder.decode(Unpooled.copiedBuffer(frame, 0, 6), NOW_NANOS, new Texts());
        decoder.decode(Unpooled.copiedBuffer(frame, 6, 1), NOW_NANOS + 1, new Texts());
        long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(LIMITS.messageTimeoutMs());
        assertThrows(FrameException.class, () -> decoder.checkOverdue(NOW_NANOS + timeoutNanos + 1));
    }

    @Test
    void connection_betweenMessages_isNeverOverdue() throws FrameException {
        FrameDecoder decoder = new FrameDecoder(FrameRules.plain(LIMITS));
        decoder.checkOverdue(NOW_NANOS);
        byte[] stream = ClientFrame.stream(
                ClientFrame.of(TEXT, "a"), ClientFrame.of(FIN | CONTINUATION, "b"), ClientFrame.text("c"));
        decoder.decode(Unpooled.wrappedBuffer(stream), NOW_NANOS, new Texts());
        decoder.checkOverdue(Long.MAX_VALUE + NOW_NANOS);
    }

    private static class Texts implements FrameDecoder.Sink {
        @Override
        public void onText(ByteBuf utf8) {}

        @Override
        public void onPing(ByteBuf payload) {}

        @Override
        public void onPong(ByteBuf payload) {}

        @Override
        public void onClose(int code, String reason) {}
    }

    private static final class Counting extends Texts {
        private final FrameDecoder decoder;
        private int delivered;

        Counting(FrameDecoder decoder) {
            this.decoder = decoder;
        }

        @Override
        public void onText(ByteBuf utf8) {
            delivered++;
            decoder.close();
        }

        @Override
        public void onPing(ByteBuf payload) {
            delivered++;
            decoder.close();
        }
    }
}
