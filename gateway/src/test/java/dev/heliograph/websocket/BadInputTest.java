package dev.heliograph.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that break the rules of frames, and what becomes of them and of their neighbours. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class BadInputTest {
    private static final int GARBAGE = 10_000;
    private static final Set<Integer> CODES_OF_GARBAGE = Set.of(1000, 1002, 1003, 1005, 1007, 1008, 1009);
    private static final byte[] PING = "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8);

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("limits: {messageTimeoutMs: 300, messageBytesMax: 65536}");
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.untilEmpty();
        gateway.close();
    }

    private static byte[] text(byte... payload) {
        return WsClient.frame(WsClient.FIN | WsClient.TEXT, payload);
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] fragments(int frames) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(WsClient.frame(WsClient.TEXT, new byte[0]));
        for (int i = 1; i < frames; i++) {
            all.writeBytes(WsClient.frame(0, new byte[0]));
        }
        return all.toByteArray();
    }

    private static Stream<Arguments> faults() {
        byte[] quarter = new byte[20_000];
        Arrays.fill(quarter, (byte) ' ');
        return Stream.of(
                Arguments.of(
                        "frame over the limit, header only",
                        WsClient.header(WsClient.FIN | WsClient.TEXT, 65_537),
                        1009),
                Arguments.of("frame of 2^62 bytes", WsClient.header(WsClient.FIN | WsClient.TEXT, 1L << 62), 1009),
                Arguments.of("length with its top bit", WsClient.header(WsClient.FIN | WsClient.TEXT, 1L << 63), 1002),
                Arguments.of(
                        "message over the limit in fragments",
                        joined(
                                WsClient.frame(WsClient.TEXT, quarter),
                                WsClient.frame(0, quarter),
                                WsClient.frame(0, quarter),
                                WsClient.frame(WsClient.FIN, quarter)),
                        1009),
                Arguments.of("flood of empty fragments", fragments(10_000), 1009),
                Arguments.of("binary", WsClient.frame(WsClient.FIN | WsClient.BINARY, PING), 1003),
                Arguments.of("RSV1", WsClient.frame(0xC0 | WsClient.TEXT, PING), 1002),
                Arguments.of("RSV2", WsClient.frame(0xA0 | WsClient.TEXT, PING), 1002),
                Arguments.of("RSV3", WsClient.frame(0x90 | WsClient.TEXT, PING), 1002),
                Arguments.of("opcode 3", WsClient.frame(WsClient.FIN | 3, PING), 1002),
                Arguments.of("opcode 11", WsClient.frame(WsClient.FIN | 0xB, new byte[0]), 1002),
                Arguments.of("unmasked", WsClient.unmasked(WsClient.FIN | WsClient.TEXT, PING), 1002),
                Arguments.of("continuation of nothing", WsClient.frame(WsClient.FIN, PING), 1002),
                Arguments.of("text within a text", joined(WsClient.frame(WsClient.TEXT, PING), text(PING)), 1002),
                Arguments.of("ping of 126 bytes", WsClient.frame(WsClient.FIN | WsClient.PING, new byte[126]), 1002),
                Arguments.of("fragmented ping", WsClient.frame(WsClient.PING, new byte[1]), 1002),
                Arguments.of("length not in its shortest form", new byte[] {(byte) 0x81, (byte) 0xFE, 0, 5}, 1002),
                Arguments.of("bad UTF-8", text((byte) '{', (byte) 0xC3, (byte) '}'), 1007),
                Arguments.of("overlong UTF-8", text((byte) 0xC0, (byte) 0xAF), 1007),
                Arguments.of("surrogate in UTF-8", text((byte) 0xED, (byte) 0xA0, (byte) 0x80), 1007),
                Arguments.of("text that ends within a character", text((byte) '"', (byte) 0xE2, (byte) 0x82), 1007),
                Arguments.of("Close of one byte", WsClient.frame(WsClient.FIN | WsClient.CLOSE, new byte[1]), 1002),
                Arguments.of("Close with code 1005", WsClient.close(1005), 1002),
                Arguments.of("Close with code 999", WsClient.close(999), 1002),
                Arguments.of(
                        "Close with a reason that is no UTF-8",
                        WsClient.frame(WsClient.FIN | WsClient.CLOSE, new byte[] {3, (byte) 0xE8, (byte) 0xFF}),
                        1007));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void faultyFrame_isAnsweredByOneCloseWithItsCode(String name, byte[] bytes, int code) throws IOException {
        for (boolean whole : new boolean[] {true, false}) {
            try (WsClient client = gateway.connect(TestToken.acme())) {
                client.sendBytes(text(PING)).expect("pong");
                if (whole) {
                    client.sendBytes(bytes);
                } else {
                    client.sendByteByByte(Arrays.copyOf(bytes, Math.min(bytes.length, 1_000)));
                    client.sendBytes(Arrays.copyOfRange(bytes, Math.min(bytes.length, 1_000), bytes.length));
                }
                WsClient.End end = client.readToClose();
                assertEquals(code, end.code(), end::reason);
                assertEquals(List.of(), end.texts());
            }
        }
    }

    @Test
    void messageThatIsNeverFinished_isClosedBy1008() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.sendBytes(WsClient.frame(WsClient.TEXT, PING));
            assertEquals(1008, client.readToClose().code());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1011, 3000, 4999})
    void close_ofTheClient_getsItsCodeBack(int code) throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.sendBytes(joined(text(PING), WsClient.close(code), text(PING), WsClient.close(code)));
            WsClient.End end = client.readToClose();
            assertEquals(code, end.code());
            assertEquals(1, end.texts().size(), "what comes before the Close is answered, what comes after it not");
        }
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.CLOSE, new byte[0]));
            assertEquals(WsClient.NO_CODE, client.readToClose().code());
        }
    }

    /** Reads one channel to the last of so many publications, and finds none missing. */
    private static Future<Void> healthy(ExecutorService threads, WsClient client, int publications) {
        return threads.submit(() -> {
            for (int offset = 1; offset <= publications; offset++) {
                assertEquals(
                        offset, client.expect("event").at("/position/offset").asInt());
            }
            return null;
        });
    }

    private static Future<Void> publisher(ExecutorService threads, String channel, int publications) {
        return threads.submit(() -> {
            try (WsClient client = gateway.connect(TestToken.acme())) {
                for (int i = 0; i < publications; i++) {
                    client.publish(channel, "{\"i\":" + i + "}");
                }
            }
            return null;
        });
    }

    @Test
    void tenThousandGarbageTexts_onOneConnection_areAnsweredByErrorsAndThen4429() throws Exception {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("BadInputTest seed " + seed);
        var random = new SplittableRandom(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                WsClient neighbour = gateway.connect(TestToken.acme());
                WsClient client = gateway.connect(TestToken.acme())) {
            neighbour.subscribe("long-beside-one");
            Future<Void> reading = healthy(threads, neighbour, 200);
            Future<Void> publishing = publisher(threads, "long-beside-one", 200);
            var all = new ByteArrayOutputStream();
            for (int i = 0; i < GARBAGE; i++) {
                byte[] garbage = new byte[random.nextInt(40)];
                random.nextBytes(garbage);
                all.writeBytes(text(new String(garbage, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8)));
            }
            client.sendBytes(all.toByteArray());
            WsClient.End end = client.readToClose();
            assertEquals(4429, end.code(), end::reason);
            assertEquals(101, end.texts().size());
            for (JsonNode error : end.texts()) {
                assertEquals(
                        "error BAD_MESSAGE",
                        error.path("type").asText() + " "
                                + error.at("/payload/code").asText());
            }
            publishing.get();
            reading.get();
        }
    }

    @Test
    void tenThousandGarbageSequences_overManyConnections_closeNobodyElse() throws Exception {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("BadInputTest seed " + seed);
        var random = new SplittableRandom(seed);
        int connections = 250;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService breakers = Executors.newFixedThreadPool(4);
                WsClient neighbour = gateway.connect(TestToken.acme())) {
            neighbour.subscribe("long-beside-many");
            Future<Void> reading = healthy(threads, neighbour, 500);
            Future<Void> publishing = publisher(threads, "long-beside-many", 500);
            var broken = new ArrayList<Future<Void>>();
            for (int i = 0; i < connections; i++) {
                SplittableRandom own = random.split();
                broken.add(breakers.submit(() -> garble(own, GARBAGE / connections)));
            }
            for (Future<Void> one : broken) {
                one.get();
            }
            publishing.get();
            reading.get();
        }
    }

    /** Sends garbage, ends, and expects at most one Close, with a code that fits. */
    private static Void garble(SplittableRandom random, int sequences) throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            try {
                for (int i = 0; i < sequences; i++) {
                    client.sendBytes(sequence(random));
                }
                client.endSending();
            } catch (SocketException closedAlready) {
                // the Close is still to be read
            }
            assertEnds(client);
        }
        return null;
    }

    private static byte[] sequence(SplittableRandom random) {
        byte[] payload = new byte[random.nextInt(60)];
        random.nextBytes(payload);
        return switch (random.nextInt(10)) {
            case 0 -> payload;
            case 1 -> WsClient.frame(random.nextInt(256), payload);
            case 2 -> joined(text(PING), Arrays.copyOf(text(PING), random.nextInt(text(PING).length)));
            case 3 -> mutated(random);
            default -> text(new String(payload, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8));
        };
    }

    private static byte[] mutated(SplittableRandom random) {
        byte[] frame =
                text("{\"type\":\"subscribe\",\"channel\":\"x\",\"payload\":{}}".getBytes(StandardCharsets.UTF_8));
        frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        return frame;
    }

    private static void assertEnds(WsClient client) throws IOException {
        int closes = 0;
        try {
            while (true) {
                WsClient.Frame frame = client.readFrame();
                assertEquals(0, closes, "something follows the Close");
                if (frame.opcode() == WsClient.CLOSE) {
                    closes++;
                    byte[] code = frame.payload();
                    int number = code.length == 0 ? 1005 : (code[0] & 0xFF) << 8 | (code[1] & 0xFF);
                    assertTrue(CODES_OF_GARBAGE.contains(number) || number >= 3000, "code " + number);
                }
            }
        } catch (EOFException ended) {
            // as it should
        }
    }

    @Test
    void clientsThatVanish_leaveNothingBehind() throws Exception {
        var clients = new ArrayList<WsClient>();
        for (int i = 0; i < 30; i++) {
            WsClient client = gateway.connect(TestToken.acme());
            client.subscribe("vanishing-" + i % 5);
            clients.add(client);
        }
        assertTrue(gateway.metric("heliograph_connections_open") >= 30);
        assertTrue(gateway.statez().at("/channels/occupied").asInt() >= 5);
        for (int i = 0; i < clients.size(); i++) {
            WsClient client = clients.get(i);
            switch (i % 3) {
                case 0 -> client.reset();
                case 1 -> client.endSending();
                default -> client.close();
            }
        }
        gateway.untilEmpty();
        double opened = gateway.metric("heliograph_connections_opened_total");
        TestGateway.until("each connection that was opened is counted as closed", () -> closed() == opened);
        for (int i = 1; i < clients.size(); i += 3) {
            assertTrue(clients.get(i).isEnded());
            clients.get(i).close();
        }
    }

    private static double closed() throws IOException {
        double closed = 0;
        for (String cause : List.of(
                "client", "protocol_violation", "abuse", "token_refused", "slow_consumer", "silent", "internal")) {
            closed += gateway.metric("heliograph_connections_closed_total{reason=\"" + cause + "\"}");
        }
        return closed;
    }

    @Test
    void silentClient_isPingedBothWays_andClosedAfterTwoIntervals() throws Exception {
        try (TestGateway pinging = TestGateway.start("limits: {pingIntervalMs: 1000}");
                WsClient silent = pinging.connect(TestToken.acme())) {
            silent.expect("ping");
            assertEquals(WsClient.PING, silent.readFrame().opcode());
            long pinged = System.nanoTime();
            assertEquals(1001, silent.readToClose().code());
            assertTrue(System.nanoTime() - pinged < TimeUnit.SECONDS.toNanos(15));
        }
    }
}
