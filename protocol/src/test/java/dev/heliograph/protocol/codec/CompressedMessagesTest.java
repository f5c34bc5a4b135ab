package dev.heliograph.protocol.codec;

import static dev.heliograph.protocol.codec.ClientFrame.BINARY;
import static dev.heliograph.protocol.codec.ClientFrame.CONTINUATION;
import static dev.heliograph.protocol.codec.ClientFrame.FIN;
import static dev.heliograph.protocol.codec.ClientFrame.PING;
import static dev.heliograph.protocol.codec.ClientFrame.RSV1;
import static dev.heliograph.protocol.codec.ClientFrame.TEXT;
import static dev.heliograph.protocol.codec.Reading.LIMITS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients send where permessage-deflate was negotiated (RFC 7692), right and wrong. */
class CompressedMessagesTest {
    private static final byte[] HELLO = bytes("f2 48 cd c9 c9 07 00");

    private final MessageInflater inflater = new MessageInflater();
    private final FrameRules rules = new FrameRules(LIMITS, inflater);

    @AfterEach
    void everyInflaterCameBackAndEnds() {
        assertTrue(inflater.inflaters() <= 1, "one thread needs one");
        inflater.close();
        assertEquals(0, inflater.inflaters());
    }

    private List<String> read(ClientFrame... frames) {
        return Reading.of(rules, ClientFrame.stream(frames));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.ofDelimiter(" ").parseHex(hex);
    }

    private static byte[] deflated(byte[] data, int flush) {
        var deflater = new Deflater(9, true);
        byte[] out = new byte[data.length + 100];
        deflater.setInput(data);
        int length = deflater.deflate(out, 0, out.length, flush);
        deflater.end();
        return Arrays.copyOf(out, length - MessageDeflater.TAIL_BYTES);
    }

    private static byte[] deflated(String text) {
        return deflated(text.getBytes(StandardCharsets.UTF_8), Deflater.SYNC_FLUSH);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            7.2.3.1 one block                  | f2 48 cd c9 c9 07 00                   | Hello
            7.2.3.3 a block without compression | 00 05 00 fa ff 48 65 6c 6c 6f 00      | Hello
            7.2.3.4 a block that is the last   | f3 48 cd c9 c9 07 00 00                | Hello
            7.2.3.5 two blocks                 | f2 48 05 00 00 00 ff ff ca c9 c9 07 00 | Hello
            7.2.3.6 nothing                    | 00                                     | ''
            last blocks and more behind        | f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00 | HelloHelloHello
            """)
    void examplesOfTheRfc_inOneFrameOrByteByByte_areRead(String name, String payload, String text) {
        List<String> expected = List.of(Reading.text(text));
        assertEquals(expected, read(ClientFrame.compressed(bytes(payload))), name);
        var frames = new ArrayList<ClientFrame>();
        frames.add(ClientFrame.of(RSV1 | TEXT, ""));
        for (byte b : bytes(payload)) {
            frames.add(ClientFrame.of(CONTINUATION, new byte[] {b}));
        }
        frames.add(ClientFrame.of(FIN | CONTINUATION, ""));
        FrameLimits more = new FrameLimits(125, 125, 100, 1);
        byte[] stream = ClientFrame.stream(frames.toArray(ClientFrame[]::new));
        assertEquals(expected, Reading.of(new FrameRules(more, inflater), stream), name);
    }

    @Test
    void fragmentsOfTheRfc_withAPingBetween_areOneMessage() {
        assertEquals(
                List.of("ping 70", "text Hello"),
                read(
                        ClientFrame.of(RSV1 | TEXT, bytes("f2 48 cd")),
                        ClientFrame.ping("p"),
                        ClientFrame.of(FIN | CONTINUATION, bytes("c9 c9 07 00"))));
    }

    @Test
    void plainMessages_betweenCompressedOnes_areReadAsTheyAre() {
        assertEquals(
                List.of("text Hello", "text plain", "text Hello", "text in two"),
                read(
                        ClientFrame.compressed(HELLO),
                        ClientFrame.text("plain"),
                        ClientFrame.compressed(HELLO),
                        ClientFrame.of(TEXT, "in "),
                        ClientFrame.of(FIN | CONTINUATION, "two")));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 125, 126, 255, 256, 257, 65_535, 65_536, 139_999, 140_000})
    void text_ofAnyLengthUpToTheLimit_isRead(int length) {
        String text = "{\"ü\":1,\"k\":[2,3]}".repeat(length / 16 + 1).substring(0, length - 1) + "x";
        String fitting = new String(
                        Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), length), StandardCharsets.UTF_8)
                .replace('\uFFFD', '?');
        byte[] stream = ClientFrame.compressed(deflated(fitting)).bytes();
        assertEquals(List.of(Reading.text(fitting)), Reading.of(rules, stream, stream.length / 2));
    }

    @Test
    void messageThatRefersToTheOneBefore_isRefused() {
        // RFC 7692 section 7.2.3.2: what a client with context takeover would send
        assertEquals(
                List.of("text Hello", "refused 1007"),
                read(ClientFrame.compressed(HELLO), ClientFrame.compressed(bytes("f2 00 11 00 00"))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            no byte at all                 | ''
            the tail left on               | f2 48 cd c9 c9 07 00 00 00 ff ff
            a byte too many                | f2 48 cd c9 c9 07 00 00
            garbage behind it              | f2 48 cd c9 c9 07 00 48 65 6c 6c 6f
            garbage behind a last block    | f3 48 cd c9 c9 07 00 48 65 6c 6c 6f
            a last block and nothing       | f3 48 cd c9 c9 07 00
            cut within the last byte       | f2 48 cd c9 c9 07
            cut within a block             | f2 48 cd c9
            cut within a copied block      | 00 05 00 fa ff 48 65
            4 bytes short of a copied block | 00 05 00 fa ff 48
            cut within a table of codes    | 04 c1 49 96 43 40 00 00 d0
            copied block, length not sure  | 00 05 00 fa fe 48 65 6c 6c 6f 00
            block of a kind there is not   | 06
            reaches back too far           | f2 00 11 00 00
            not UTF-8                      | 00 01 00 fe ff ff 00
            UTF-8 cut short                | 00 02 00 fd ff e2 82 00
            """)
    void brokenMessage_isRefused(String how, String payload) {
        assertEquals(List.of("refused 1007"), read(ClientFrame.compressed(bytes(payload)), ClientFrame.text("x")), how);
        assertEquals(List.of("text Hello"), read(ClientFrame.compressed(HELLO)), "the inflater is as new");
    }

    @Test
    void reservedBits_elsewhereThanInAMessagesFirstFrame_areRefused() {
        assertEquals(List.of("refused 1002"), read(ClientFrame.of(FIN | RSV1 | PING, "")));
        assertEquals(List.of("refused 1002"), read(ClientFrame.of(FIN | 0x20 | TEXT, "x")));
        assertEquals(List.of("refused 1002"), read(ClientFrame.of(FIN | 0x10 | TEXT, "x")));
        assertEquals(List.of("refused 1002"), read(ClientFrame.of(FIN | 0x70 | TEXT, HELLO)));
        assertEquals(
                List.of("refused 1002"),
                read(
                        ClientFrame.of(RSV1 | TEXT, bytes("f2 48 cd")),
                        ClientFrame.of(FIN | RSV1 | CONTINUATION, bytes("c9 c9 07 00"))));
        assertEquals(List.of("refused 1003"), read(ClientFrame.of(FIN | RSV1 | BINARY, HELLO)));
    }

    @Test
    void compressedMessage_withoutTheExtension_isRefusedBeforeItIsRead() {
        byte[] stream = ClientFrame.compressed(HELLO).bytes();
        assertEquals(List.of("refused 1002"), Reading.of(LIMITS, stream));
        assertEquals(List.of("refused 1002"), Reading.of(LIMITS, Arrays.copyOf(stream, 1)));
    }

    @Test
    void messageOneByteOverTheLimit_isRefused_howeverSmallItCame() {
        String most = "x".repeat(LIMITS.messageBytesMax());
        assertEquals(List.of(Reading.text(most)), read(ClientFrame.compressed(deflated(most))));
        assertEquals(List.of("refused 1009"), read(ClientFrame.compressed(deflated(most + "x"))));
    }

    @Test
    void compressedBytes_areBoundedLikePlainOnes() {
        FrameRules small = new FrameRules(new FrameLimits(125, 125, 4, 1), inflater);
        assertEquals(
                List.of("refused 1009"),
                Reading.of(
                        small,
                        ClientFrame.stream(
                                ClientFrame.of(RSV1 | TEXT, new byte[100]),
                                ClientFrame.of(FIN | CONTINUATION, new byte[26]))));
        assertEquals(
                List.of("refused 1009"),
                Reading.of(small, ClientFrame.compressed(new byte[126]).bytes()));
    }

    @Test
    void lastBlocks_areReadUpToTheirNumber() {
        var blocks = new ByteArrayOutputStream();
        for (int i = 0; i < MessageInflater.RESTARTS_MAX; i++) {
            blocks.writeBytes(bytes("03 00"));
        }
        byte[] most = blocks.toByteArray();
        blocks.writeBytes(bytes("03 00"));
        assertEquals(List.of("text "), read(ClientFrame.compressed(withEnd(most))));
        assertEquals(List.of("refused 1007"), read(ClientFrame.compressed(withEnd(blocks.toByteArray()))));
    }

    private static byte[] withEnd(byte[] blocks) {
        return Arrays.copyOf(blocks, blocks.length + 1);
    }

    @Test
    void refusal_says_whatIsWrong() {
        ByteBuf in = Unpooled.wrappedBuffer(ClientFrame.compressed(bytes("06")).bytes());
        var reading = new Reading(rules);
        FrameException refusal =
                assertThrows(FrameException.class, () -> reading.decoder().decode(in, 0, reading));
        assertEquals(CloseCode.INVALID_DATA, refusal.code());
        assertEquals("compressed message is broken: invalid block type", refusal.getMessage());
    }

    @Test
    void whatWasTakenBeforeTheEnd_endsWhenItComesBack() throws FrameException {
        inflater.close();
        assertEquals("Hello", inflater.inflate(Unpooled.wrappedBuffer(HELLO), 5).toString(StandardCharsets.UTF_8));
        assertEquals(0, inflater.inflaters());
    }
}
