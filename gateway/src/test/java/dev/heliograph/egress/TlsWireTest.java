package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.egress.WirePair.Kind;
import dev.heliograph.http.LeakWatch;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the TLS wire does beside what each wire must. */
final class TlsWireTest {
    private static final int APPLICATION_DATA = 23;
    /** Of a record of TLS 1.3: its type and its tag (RFC 8446 §5.2). */
    private static final int RECORD_OVERHEAD = 17;

    private LeakWatch watch;

    @BeforeEach
    void watch() {
        watch = new LeakWatch();
    }

    @AfterEach
    void nothingLeaked() throws InterruptedException {
        assertEquals(List.of(), watch.leaks());
        watch.close();
    }

    /** Sends back what it gets, as far as it is taken. */
    private static final class Echo implements Receiver {
        private final Wire wire;
        private ByteBuf waiting = io.netty.buffer.Unpooled.directBuffer();

        Echo(Wire wire) {
            this.wire = wire;
        }

        @Override
        public void onOpen() {}

        @Override
        public void onBytes(ByteBuf bytes) {
            waiting.writeBytes(bytes);
            onWritable();
        }

        @Override
        public void onWritable() {
            waiting.skipBytes(wire.send(waiting, waiting.readerIndex(), waiting.readableBytes()));
            waiting.discardSomeReadBytes();
        }

        @Override
        public void onFault(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onGone() {
            waiting.release();
        }
    }

    @Test
    void whatIsSentAtOnce_isOneRecord_orAsFewAsHoldIt() throws Exception {
        int[] lengths = {1, 100, 16_384, 16_385, 40_000, 7};
        try (var pair = new WirePair(Kind.TLS)) {
            pair.start();
            for (int length : lengths) {
                assertEquals(length, pair.send(new byte[length]));
            }
            var expected = List.of(1, 100, 16_384, 16_384, 1, 16_384, 16_384, 40_000 - 2 * 16_384, 7);
            assertEndWith(expected, new DataInputStream(pair.raw.getInputStream()));
        }
    }

    /** Tickets come before. */
    private static void assertEndWith(List<Integer> expected, DataInputStream raw) throws IOException {
        var lengths = new ArrayList<Integer>();
        do {
            assertEquals(APPLICATION_DATA, raw.readUnsignedByte(), lengths::toString);
            raw.readUnsignedShort();
            int length = raw.readUnsignedShort();
            raw.skipNBytes(length);
            lengths.add(length - RECORD_OVERHEAD);
        } while (!lengths.getLast().equals(expected.getLast()));
        int tickets = lengths.size() - expected.size();
        assertTrue(tickets >= 0 && tickets <= 2, lengths::toString);
        assertEquals(expected, lengths.subList(tickets, lengths.size()));
    }

    @Test
    void echoes_ofAllSizes_inBothDirectionsAtOnce_arriveWhole() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of the echoes: " + seed);
        var random = new Random(seed);
        try (var pair = new WirePair(Kind.TLS)) {
            pair.start(new Echo(pair.wire));
            var sent = new ByteArrayOutputStream();
            for (int i = 0; i < 300; i++) {
                byte[] chunk = new byte[1 + random.nextInt(i % 10 == 0 ? 60_000 : 600)];
                random.nextBytes(chunk);
                sent.writeBytes(chunk);
            }
            byte[] all = sent.toByteArray();
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    int from = 0;
                    while (from < all.length) {
                        int length = Math.min(all.length - from, 1 + (from * 31 & 0x7FFF));
                        pair.peer.getOutputStream().write(all, from, length);
                        from += length;
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertArrayEquals(all, pair.peer.getInputStream().readNBytes(all.length));
            writer.join();
        }
    }

    /** The JDK's client renews its keys, and asks for new ones of ours, when told to shake hands again (RFC 8446 §4.6.3). */
    @Test
    void newKeys_onTheWay_disturbNothing() throws Exception {
        try (var pair = new WirePair(Kind.TLS)) {
            pair.start(new Echo(pair.wire));
            for (int i = 0; i < 20; i++) {
                byte[] text = ("round " + i).getBytes(StandardCharsets.US_ASCII);
                pair.peer.getOutputStream().write(text);
                assertArrayEquals(text, pair.peer.getInputStream().readNBytes(text.length));
                ((SSLSocket) pair.peer).startHandshake();
            }
            pair.send(new byte[] {'x'});
            assertEquals('x', pair.peer.getInputStream().read());
        }
    }

    @Test
    void goodbyeOfThePeer_isAnswered_andEndsTheConnection() throws Exception {
        try (var pair = new WirePair(Kind.TLS)) {
            RecordingReceiver receiver = pair.start();
            pair.peer.shutdownOutput();
            assertEquals(-1, pair.peer.getInputStream().read(), "a goodbye: a truncation would be an exception");
            receiver.awaitGone();
        }
    }

    @Test
    void peerThatVanishesWithoutAGoodbye_hasGone() throws Exception {
        try (var pair = new WirePair(Kind.TLS)) {
            RecordingReceiver receiver = pair.start();
            pair.raw.close();
            receiver.awaitGone();
            assertEquals(1, receiver.gone.get());
        }
    }

    @Test
    void brokenRecord_isAnsweredByAnAlert_andEndsTheConnection() throws Exception {
        try (var pair = new WirePair(Kind.TLS)) {
            RecordingReceiver receiver = pair.start();
            byte[] record = new byte[5 + 40];
            System.arraycopy(new byte[] {APPLICATION_DATA, 3, 3, 0, 40}, 0, record, 0, 5);
            pair.raw.getOutputStream().write(record);
            receiver.awaitGone();
            byte[] answer = pair.raw.getInputStream().readAllBytes();
            assertTrue(answer.length >= 24, "an alert, sealed, behind the tickets");
            pair.onLoop(() -> 0); // the peer learns of it first
            assertEquals(1, pair.freed.get());
        }
    }

    @Test
    void whatIsBehindAMessageThatMadeTheReceiverThrow_isStillDecrypted() throws Exception {
        try (var pair = new WirePair(Kind.TLS)) {
            RecordingReceiver receiver = pair.start();
            assertEquals("open", receiver.next());
            pair.onLoop(() -> {
                pair.peer.getOutputStream().write("throw".getBytes(StandardCharsets.US_ASCII));
                pair.peer.getOutputStream().write("again".getBytes(StandardCharsets.US_ASCII));
                return 0;
            });
            var heard = new StringBuilder();
            while (!heard.toString().contains("again")) {
                heard.append(receiver.next());
            }
            pair.peer.getOutputStream().write("more".getBytes(StandardCharsets.US_ASCII));
            assertEquals("more", receiver.next());
        }
    }
}
