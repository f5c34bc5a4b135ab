package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publication looks like on wires with and without compression, and how often that is made. */
class CompressedImagesTest {
    private static final int THRESHOLD = 256;
    private static final int LOOPS = 8;

    private final CountingCodec codec = new CountingCodec();
    private final MessageDeflater deflater = new MessageDeflater(6, THRESHOLD);
    private final WireFormat plain = new WireFormat(0, codec, Frames::text);
    private final WireFormat deflated = plain.deflated(1, deflater);

    @AfterEach
    void everyDeflaterCameBackAndEnds() {
        deflater.close();
        assertEquals(0, deflater.deflaters());
    }

    private static Publication publication(String data) {
        return new Publication(
                new Draft(new ChannelId("acme", "c"), "e", RawJson.of(data), null, 0, 0), new Position("e", 1), 0);
    }

    private static String compressible(int length) {
        return "\"" + "ab".repeat(length / 2 - 1) + "\"";
    }

    /** Nothing that any compressor can make less of. */
    private static String noise(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void publication_isEncodedAndCompressedOnce_forAllLoopsThatNeedIt() throws Exception {
        try (ExecutorService loops = Executors.newFixedThreadPool(LOOPS)) {
            for (int round = 1; round <= 200; round++) {
                var publication = publication(compressible(2_000));
                var together = new CyclicBarrier(LOOPS);
                var images = new ArrayList<Future<byte[]>>();
                for (int loop = 0; loop < LOOPS; loop++) {
                    images.add(loops.submit(() -> {
                        together.await(20, TimeUnit.SECONDS);
                        return deflated.image(publication);
                    }));
                }
                byte[] first = images.getFirst().get();
                for (Future<byte[]> image : images) {
                    assertSame(first, image.get());
                }
                assertEquals(round, codec.encoded.get());
            }
        }
        assertTrue(deflater.deflaters() <= LOOPS);
    }

    @Test
    void publication_ofBothKindsOfClients_hasTwoImages() {
        var publication = publication(compressible(2_000));
        byte[] big = plain.image(publication);
        byte[] small = deflated.image(publication);
        assertTrue(small.length < big.length / 10, () -> small.length + " of " + big.length + " bytes");
        assertEquals(new String(codec.encode(publication), StandardCharsets.UTF_8), NettyDeflate.read(small));
        assertSame(big, plain.image(publication));
        assertSame(small, deflated.image(publication));
    }

    @Test
    void publicationThatDoesNotShrink_hasOneImage_whoeverAsksFirst() {
        for (String data : List.of(compressible(100), noise(2_000))) {
            var first = publication(data);
            assertSame(deflated.image(first), plain.image(first));
            assertArrayEquals(Frames.text(codec.encode(first)), plain.image(first));
            var second = publication(data);
            assertSame(plain.image(second), deflated.image(second));
        }
        assertEquals(2 * 3 + 2, codec.encoded.get(), "plain images are not encoded for nothing");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void threshold_isTheShortestMessageThatIsCompressed(int more) {
        byte[] text = compressible(THRESHOLD + (more & 1) + more)
                .substring(0, THRESHOLD + more)
                .getBytes(StandardCharsets.UTF_8);
        assertEquals(THRESHOLD + more, text.length);
        assertEquals(more >= 0, deflater.frame(text) != null);
    }

    @Test
    void savingOfLessThanAnEighth_isNone() {
        var always = new MessageDeflater(6, 0);
        for (int noisy = 0; noisy <= 1_000; noisy += 10) {
            byte[] text = new byte[1_000];
            new Random(noisy).nextBytes(text);
            Arrays.fill(text, noisy, 1_000, (byte) 'x');
            byte[] frame = always.frame(text);
            assertTrue(frame == null || frame.length <= 875 + 4);
            assertTrue(frame != null || noisy > 800, "nothing saved of " + noisy + " noisy bytes");
            assertTrue(frame == null || noisy < 900, "saved of " + noisy + " noisy bytes");
        }
        assertNull(always.frame(new byte[7]));
        assertNull(always.frame(new byte[0]));
        always.close();
    }

    @Test
    void frame_isFinalTextWithRsv1_andItsPayloadWithoutTheTail() {
        byte[] frame = Objects.requireNonNull(deflater.frame("ab".repeat(150).getBytes(StandardCharsets.UTF_8)));
        // FIN, RSV1 and text; 7 bytes; one block of fixed codes: 'a', 'b', then copies from 2 back; the header of the
        // empty block
        assertEquals("c1094a4c4a1c8544420000", HexFormat.of().formatHex(frame));
    }

    @Test
    void messageToOneClient_isNeverCompressed() {
        byte[] image = deflated.frame(codec.encode(new ServerMessage.Pong(null), 0));
        assertArrayEquals(Frames.text(codec.encode(new ServerMessage.Pong(null), 0)), image);
        assertEquals(0, deflater.deflaters());
    }

    @Test
    void clientsOfOneFormat_doNotWaitForTheOther() throws Exception {
        var publication = publication(compressible(2_000));
        var compressing = new CountDownLatch(1);
        var plainIsThere = new CountDownLatch(1);
        try (ExecutorService loop = Executors.newSingleThreadExecutor()) {
            Future<byte[]> slow = loop.submit(() -> publication.image(1, _ -> {
                compressing.countDown();
                await(plainIsThere);
                return new byte[1];
            }));
            await(compressing);
            byte[] image = plain.image(publication);
            plainIsThere.countDown();
            assertNotSame(image, slow.get());
        }
    }

    @Test
    void imageThatCouldNotBeMade_isMadeByTheNextWhoAsks() {
        var publication = publication("1");
        assertThrows(
                IllegalStateException.class,
                () -> publication.image(0, _ -> {
                    throw new IllegalStateException("no memory, for example");
                }));
        assertArrayEquals(Frames.text(codec.encode(publication)), plain.image(publication));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10})
    void level_outsideZlibs_isRefused(int level) {
        assertThrows(IllegalArgumentException.class, () -> new MessageDeflater(level, 0));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A byte for each character of the data; counts the publications it encodes. */
    private static final class CountingCodec implements Codec {
        private final AtomicInteger encoded = new AtomicInteger();

        @Override
        public ClientMessage decode(ByteBuf text) {
            throw new AssertionError("nothing is read here");
        }

        @Override
        public byte[] encode(ServerMessage message, long nowMs) {
            return compressible(4_000).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] encode(Publication publication) {
            encoded.incrementAndGet();
            return publication.data().toString().getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
