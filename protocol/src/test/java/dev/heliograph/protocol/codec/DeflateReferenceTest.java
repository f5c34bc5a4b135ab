package dev.heliograph.protocol.codec;

import static dev.heliograph.protocol.codec.ClientFrame.CONTINUATION;
import static dev.heliograph.protocol.codec.ClientFrame.FIN;
import static dev.heliograph.protocol.codec.ClientFrame.PING;
import static dev.heliograph.protocol.codec.ClientFrame.RSV1;
import static dev.heliograph.protocol.codec.ClientFrame.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** What we compress, Netty and zlib read; what Netty and zlib compress, we read; and what is broken, nobody reads as something else. */
class DeflateReferenceTest {
    private static final String[] WORDS = {
        "{\"type\":\"event\",",
        "\"name\":",
        "\"Ünïcödé\"",
        "日本語",
        "🚀",
        "1234567",
        ",",
        "}",
        "checkout completed ",
        "\0",
        " "
    };
    private static final FrameLimits LIMITS = new FrameLimits(60_000, 60_000, Integer.MAX_VALUE, 1);

    private final MessageInflater inflater = new MessageInflater();
    private final FrameRules rules = new FrameRules(LIMITS, inflater);

    @Test
    void messagesOfOurs_areReadByZlibAndByNetty() throws DataFormatException {
        long seed = Seed.next("messages of ours");
        Random random = new Random(seed);
        int compressed = 0;
        for (int level = 1; level <= 9; level++) {
            var deflater = new MessageDeflater(level, 0);
            for (int i = 0; i < 300; i++) {
                String text = text(random, i % 100 == 0 ? 300_000 : 3_000);
                byte[] frame = deflater.frame(text.getBytes(StandardCharsets.UTF_8));
                if (frame != null) {
                    compressed++;
                    assertEquals(text, inflated(frame), "zlib, seed " + seed);
                    assertEquals(text, NettyDeflate.read(frame), "Netty, seed " + seed);
                }
            }
            assertEquals(1, deflater.deflaters());
            deflater.close();
            assertEquals(0, deflater.deflaters());
        }
        assertTrue(compressed > 1_500, "only " + compressed);
    }

    /** As the RFC says it: header off, tail on, through zlib. */
    private static String inflated(byte[] frame) throws DataFormatException {
        assertEquals((byte) (FIN | RSV1 | TEXT), frame[0]);
        int header = frame[1] < 126 ? 2 : frame[1] == 126 ? 4 : 10;
        byte[] payload = Arrays.copyOfRange(frame, header, frame.length + MessageDeflater.TAIL_BYTES);
        payload[payload.length - 2] = (byte) 0xFF;
        payload[payload.length - 1] = (byte) 0xFF;
        var zlib = new Inflater(true);
        zlib.setInput(payload);
        byte[] out = new byte[2_000_000];
        int length = zlib.inflate(out);
        assertEquals(0, zlib.getRemaining());
        assertTrue(zlib.needsInput());
        zlib.end();
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }

    @Test
    void streamsOfClients_areReadAsByNetty() {
        long seed = Seed.next("compressed streams");
        Random random = new Random(seed);
        int messages = 0;
        int compared = 0;
        for (int i = 0; i < 3_000; i++) {
            var texts = new ArrayList<String>();
            byte[] stream = ClientFrame.stream(frames(random, texts));
            int[] cuts = random.ints(random.nextInt(5), 0, stream.length + 1)
                    .sorted()
                    .toArray();
            List<String> ours = Reading.of(rules, stream, cuts);
            List<String> theirs = NettyReading.ofCompressed(LIMITS, stream);
            boolean isWhole = !theirs.contains(NettyReading.GAVE_UP);
            int readByBoth = isWhole ? ours.size() : theirs.size() - 1;
            assertEquals(
                    theirs.subList(0, isWhole ? theirs.size() : readByBoth),
                    ours.subList(0, readByBoth),
                    "seed " + seed + ", stream " + i);
            compared += isWhole ? 1 : 0;
            assertEquals(
                    texts,
                    ours.stream().filter(event -> event.startsWith("text")).toList(),
                    "seed " + seed);
            messages += texts.size();
        }
        String counts = messages + " messages, " + compared + " streams read by Netty to their end";
        assertTrue(messages > 3_000 && compared > 2_000, counts);
    }

    /** Ours may refuse more, for Netty does not look for an end. What it reads, Netty reads alike, but for what is behind a last block, which Netty ignores. */
    @Test
    void damagedMessages_areRefusedOrReadAsByNetty() throws DataFormatException {
        long seed = Seed.next("damaged messages");
        Random random = new Random(seed);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] payload = damaged(random, compressed(random, text(random, 300)));
            byte[] stream = ClientFrame.compressed(payload).bytes();
            List<String> ours = Reading.of(rules, stream);
            List<String> theirs = NettyReading.ofCompressed(LIMITS, stream);
            boolean isRefused = ours.getLast().startsWith("refused 100");
            if (!isRefused && !isSame(ours, theirs) && !hasLastBlock(payload)) {
                fail("seed " + seed + ", message " + i + ": ours " + ours + ", Netty's " + theirs + " of "
                        + HexFormat.of().formatHex(payload));
            }
            refused += isRefused ? 1 : 0;
            read += isRefused ? 0 : 1;
        }
        String counts = read + " read, " + refused + " refused";
        assertTrue(read > 500 && refused > 5_000, counts);
    }

    private static boolean isSame(List<String> ours, List<String> theirs) {
        return ours.equals(theirs) || theirs.contains(NettyReading.GAVE_UP);
    }

    private static boolean hasLastBlock(byte[] payload) throws DataFormatException {
        var zlib = new Inflater(true);
        try {
            zlib.setInput(payload);
            zlib.inflate(new byte[LIMITS.messageBytesMax()]);
            return zlib.finished();
        } finally {
            zlib.end();
        }
    }

    /** Where a cut falls between two blocks, what is left is a whole message again. */
    @Test
    void messageCutShort_isRefused_orTheBeginningOfIt() {
        long seed = Seed.next("messages cut short");
        Random random = new Random(seed);
        int refused = 0;
        int read = 0;
        for (int i = 0; i < 300; i++) {
            String text = text(random, 400);
            byte[] payload = compressed(random, text);
            for (int length = 0; length < payload.length; length++) {
                byte[] cut = Arrays.copyOf(payload, length);
                String ours =
                        Reading.of(rules, ClientFrame.compressed(cut).bytes()).getFirst();
                boolean isRefused = ours.equals("refused 1007");
                assertTrue(isRefused || Reading.text(text).startsWith(ours), "seed " + seed + ", cut to " + length);
                refused += isRefused ? 1 : 0;
                read += isRefused ? 0 : 1;
            }
        }
        String counts = refused + " refused, " + read + " read";
        assertTrue(refused > 50 * read, counts);
    }

    @Test
    void garbage_inMessages_isRefusedOrSmall_andHarmsNobody() {
        long seed = Seed.next("garbage in messages");
        Random random = new Random(seed);
        byte[] hello = NettyDeflate.compressed("hello");
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            assertEquals(
                    1,
                    Reading.of(rules, ClientFrame.compressed(garbage).bytes()).size());
            assertEquals(
                    List.of("text hello"),
                    Reading.of(rules, ClientFrame.compressed(hello).bytes()),
                    "seed " + seed);
        }
        assertEquals(1, inflater.inflaters());
    }

    private static ClientFrame[] frames(Random random, List<String> texts) {
        var frames = new ArrayList<ClientFrame>();
        for (int messages = 1 + random.nextInt(4); messages > 0; messages--) {
            String text = text(random, random.nextInt(20) == 0 ? 50_000 : 1_500);
            texts.add(Reading.text(text));
            boolean plain = random.nextInt(4) == 0;
            byte[] payload = plain ? text.getBytes(StandardCharsets.UTF_8) : compressed(random, text);
            addMessage(random, frames, payload, plain ? TEXT : RSV1 | TEXT);
        }
        frames.replaceAll(frame -> frame.withKey(random.nextInt()));
        return frames.toArray(ClientFrame[]::new);
    }

    private static void addMessage(Random random, List<ClientFrame> frames, byte[] payload, int first) {
        int fragments = random.nextBoolean() ? 1 : 1 + random.nextInt(8);
        int from = 0;
        for (int i = 1; i <= fragments; i++) {
            int to = i == fragments ? payload.length : from + random.nextInt(payload.length - from + 1);
            int start = (i == 1 ? first : CONTINUATION) | (i == fragments ? FIN : 0);
            frames.add(ClientFrame.of(start, Arrays.copyOfRange(payload, from, to)));
            from = to;
            if (random.nextInt(4) == 0) {
                frames.add(ClientFrame.of(FIN | PING, "between"));
            }
        }
    }

    /** By Netty, or by zlib in several blocks. */
    private static byte[] compressed(Random random, String text) {
        if (random.nextBoolean()) {
            return NettyDeflate.compressed(text);
        }
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        var deflater = new Deflater(random.nextInt(10), true);
        byte[] out = new byte[data.length + 1_000];
        int length = 0;
        int from = 0;
        while (from < data.length) {
            int to = Math.min(data.length, from + 1 + random.nextInt(data.length));
            deflater.setInput(data, from, to - from);
            int flush = random.nextBoolean() ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH;
            length += deflater.deflate(out, length, out.length - length, flush);
            from = to;
        }
        deflater.end();
        byte[] payload = length == 0 ? new byte[1] : Arrays.copyOf(out, length - MessageDeflater.TAIL_BYTES);
        assertArrayEquals(
                length == 0 ? new byte[0] : new byte[] {0, 0, -1, -1},
                Arrays.copyOfRange(out, payload.length - (length == 0 ? 1 : 0), length));
        return payload;
    }

    private static byte[] damaged(Random random, byte[] payload) {
        byte[] copy = payload.clone();
        int at = random.nextInt(copy.length);
        switch (random.nextInt(6)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[at] = (byte) random.nextInt();
            case 2 -> copy[0] |= 1; // now the first block is the last
            case 3 -> copy = Arrays.copyOf(copy, at);
            case 4 -> copy = Arrays.copyOf(copy, copy.length + 1 + random.nextInt(4));
            default -> {
                return copy;
            }
        }
        return copy;
    }

    private static String text(Random random, int bytesMax) {
        var text = new StringBuilder();
        int length = random.nextInt(bytesMax);
        for (int size = 0; size < length; ) {
            String word = WORDS[random.nextInt(WORDS.length)];
            text.append(word);
            size += word.getBytes(StandardCharsets.UTF_8).length;
        }
        return text.toString();
    }
}
