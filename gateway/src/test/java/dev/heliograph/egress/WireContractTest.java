package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.egress.WirePair.Kind;
import dev.heliograph.http.LeakWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What everything above a wire relies on, for each kind of wire, against a real socket. */
@Tag("slow")
final class WireContractTest {
    private static final byte[] LAST = "the last frame".getBytes(StandardCharsets.US_ASCII);
    private static final int CHUNK = 48 * 1024;
    private static final int REFUSALS = 5;
    private static final long REFUSAL_MS = 10;
    /** More than a kernel keeps for a peer that does not read. */
    private static final int PLENTY = 64 << 20;

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

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends until the wire has taken nothing for a while, as a kernel takes a little more when acknowledgements come in; returns what it took. */
    private static byte[] fill(WirePair pair) throws Exception {
        var random = new Random(7);
        var taken = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK];
        int refusals = 0;
        while (taken.size() < PLENTY) {
            random.nextBytes(chunk);
            int count = pair.send(chunk);
            taken.write(chunk, 0, count);
            refusals = count == 0 ? refusals + 1 : 0;
            if (refusals == REFUSALS) {
                return taken.toByteArray();
            }
            Thread.sleep(count == 0 ? REFUSAL_MS : 0);
        }
        throw new AssertionError("takes without end what nobody reads");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void bothWays(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            assertEquals("open", receiver.next());
            assertEquals(kind == Kind.PLAIN, pair.wire.bareDescriptor() >= 0);
            assertEquals(5, pair.send(ascii("hello")));
            assertArrayEquals(ascii("hello"), pair.peer.getInputStream().readNBytes(5));
            pair.peer.getOutputStream().write(ascii("good day"));
            assertEquals("good day", receiver.next());
            pair.peer.getOutputStream().write(ascii("good night"));
            assertEquals("good night", receiver.next());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void peerThatDoesNotRead_isSentNoMore_untilItReads_andThenGetsTheRest(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            for (int round = 1; round <= 3; round++) {
                byte[] taken = fill(pair);
                assertEquals(0, pair.send(LAST));
                assertEquals(kind == Kind.TLS, pair.held.get() > 0);
                assertArrayEquals(taken, pair.peer.getInputStream().readNBytes(taken.length));
                while (receiver.writable.get() < round) {
                    Thread.sleep(1);
                }
            }
            assertEquals(LAST.length, pair.send(LAST));
            assertArrayEquals(LAST, pair.peer.getInputStream().readNBytes(LAST.length));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void lastFrame_comesBehindEverything_alsoToAPeerThatWasSlow(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            byte[] taken = fill(pair);
            pair.close(LAST);
            assertEquals(LAST.length, pair.send(LAST)); // to nowhere
            byte[] got = pair.peer.getInputStream().readAllBytes();
            assertArrayEquals(taken, Arrays.copyOf(got, taken.length));
            assertArrayEquals(LAST, Arrays.copyOfRange(got, taken.length, got.length));
            pair.peer.close();
            receiver.awaitGone();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void lastFrame_comesToAPeerThatHadMuchToSay(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            assertEquals("open", receiver.next());
            pair.peer.getOutputStream().write(ascii("close"));
            assertEquals("close", receiver.next());
            pair.peer.getOutputStream().write(new byte[CHUNK]);
            assertArrayEquals(ascii("bye"), pair.peer.getInputStream().readAllBytes());
            pair.peer.getOutputStream().write(new byte[CHUNK]);
            pair.peer.close();
            assertEquals("gone", receiver.next());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void peerThatEndsItsHalf_whileTheLastFrameWaits_stillGetsIt(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            byte[] taken = fill(pair);
            pair.close(LAST);
            if (kind != Kind.CHANNEL) { // a channel without half closure ends with its peer's half
                pair.peer.shutdownOutput();
            }
            assertEquals(taken.length + LAST.length, pair.peer.getInputStream().readAllBytes().length);
            pair.peer.close();
            receiver.awaitGone();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void peerThatNeverEnds_isNotWaitedForLong(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            pair.close(LAST);
            assertArrayEquals(LAST, pair.peer.getInputStream().readAllBytes());
            receiver.awaitGone();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void peersEnd_isTold_once(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            pair.peer.shutdownOutput();
            receiver.awaitGone();
            assertEquals(LAST.length, pair.send(LAST));
            pair.close(LAST);
            assertEquals(1, receiver.gone.get());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void reset_isTold_once_andNotFromWithinASend(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            pair.onLoop(() -> {
                pair.peer.setSoLinger(true, 0);
                pair.peer.close(); // while the loop is busy, so that a send is the first to notice
                var bytes = io.netty.buffer.Unpooled.directBuffer(8).writeLong(0);
                for (int i = 0; i < 4; i++) {
                    assertEquals(8, pair.wire.send(bytes, 0, 8));
                    assertEquals(0, receiver.gone.get());
                }
                bytes.release();
                return 0;
            });
            receiver.awaitGone();
            pair.onLoop(() -> 0);
            assertEquals(1, receiver.gone.get());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void receiverThatThrows_isTold_andServedOn(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            assertEquals("open", receiver.next());
            pair.peer.getOutputStream().write(ascii("throw"));
            assertEquals("throw", receiver.next());
            assertEquals("fault: asked for", receiver.next());
            pair.peer.getOutputStream().write(ascii("again"));
            assertEquals("again", receiver.next());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void loopsEnd_isTold_once(Kind kind) throws Exception {
        try (var pair = new WirePair(kind)) {
            RecordingReceiver receiver = pair.start();
            pair.loops.close();
            receiver.awaitGone();
            assertEquals(1, receiver.gone.get());
            assertTrue(pair.isEnded());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "TLS"})
    void bytesThatCameEarly_areReadFirst_andTheDescriptorIsFreedOnce(Kind kind) throws Exception {
        try (var pair = new WirePair(kind, "early")) {
            pair.peer.getOutputStream().write(ascii("late"));
            RecordingReceiver receiver = pair.start();
            assertEquals(List.of("open", "early", "late"), List.of(receiver.next(), receiver.next(), receiver.next()));
            pair.peer.close();
            assertEquals("gone", receiver.next());
            pair.onLoop(() -> 0); // the receiver learns of it first
            assertEquals(1, pair.freed.get());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"PLAIN", "TLS"})
    void closedByWhatCameEarly_stillSaysGoodbye(Kind kind) throws Exception {
        try (var pair = new WirePair(kind, "close")) {
            RecordingReceiver receiver = pair.start();
            assertArrayEquals(ascii("bye"), pair.peer.getInputStream().readAllBytes());
            pair.peer.close();
            receiver.awaitGone();
            pair.onLoop(() -> 0);
            assertEquals(1, pair.freed.get());
        }
    }
}
