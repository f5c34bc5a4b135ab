package dev.heliograph.protocol.pusher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.protocol.codec.Seed;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.Sender;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in ends in a message or in a typed refusal that says something, and what was read can be written. Inputs are golden frames and bodies, mostly with
 * a few faults in them, and bytes at random; on connections they are UTF-8, which the frame decoder sees to.
 */
final class RandomInputTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();
    private static final String[] PIECES = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "null",
        "true",
        "7",
        "1e400",
        "\"\"",
        "{}",
        "\\u0000",
        "\\ud800",
        "\\",
        "é",
        "🚀",
        "\u2028",
        "\0",
        " ",
        "\n",
        "client-",
        "private-",
        "presence-",
        "#server-to-user-",
        "\"data\":",
        "\"channel\":",
        "\"channel_data\":\"{\\\"user_id\\\":1}\"",
        "\"data\":\"{}\"",
        "pusher:",
        "x".repeat(300),
        "[".repeat(40),
        "%",
        "%zz",
        "&",
        "[]=",
        "="
    };

    private interface Reading {
        void read(byte[] input) throws IOException;
    }

    private static List<byte[]> inputs() throws IOException {
        try (Stream<Path> files = Files.list(Golden.FILES)) {
            return files.sorted()
                    .map(file -> Golden.bytes(file.getFileName().toString().replace(".json", "")))
                    .toList();
        }
    }

    private static byte[] changed(byte[] input, Random random, boolean utf8) {
        byte[] bytes = input;
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes = utf8 ? Golden.utf8(changedText(Golden.text(bytes), random)) : changedBytes(bytes, random);
        }
        return bytes;
    }

    private static String changedText(String text, Random random) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(4) * random.nextInt(4));
        String piece = PIECES[random.nextInt(PIECES.length)];
        return switch (random.nextInt(4)) {
            case 0 -> text.substring(0, from) + text.substring(to);
            case 1 -> text.substring(0, from) + piece + text.substring(to);
            case 2 -> text.substring(0, from) + text.substring(from, to).repeat(2) + text.substring(to);
            default -> text.substring(0, from) + (char) random.nextInt(0x10000) + text.substring(from);
        };
    }

    private static byte[] changedBytes(byte[] bytes, Random random) {
        if (bytes.length == 0 || random.nextInt(8) == 0) {
            byte[] noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] changed = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length) + 1 : bytes.length);
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        return changed;
    }

    private static void every(String test, boolean utf8, int rounds, Reading reading) throws IOException {
        long seed = Seed.next(test);
        var random = new Random(seed);
        List<byte[]> inputs = inputs();
        for (int round = 0; round < rounds; round++) {
            byte[] input = changed(inputs.get(random.nextInt(inputs.size())), random, utf8);
            try {
                reading.read(input);
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + ", input " + HexFormat.of().formatHex(input), e);
            }
        }
    }

    @Test
    void anyText_endsInAMessageOrATypedRefusal() throws IOException {
        var codec = new PusherCodec(PusherLimits.HOSTED);
        var outcomes = new HashMap<String, Integer>();
        every("any text as a client's message", true, 60_000, text -> {
            try {
                PusherClientMessage message = codec.decode(Unpooled.wrappedBuffer(text));
                outcomes.merge(message.getClass().getSimpleName(), 1, Integer::sum);
                checkWritten(codec, message);
            } catch (PusherException refusal) {
                outcomes.merge("refused", 1, Integer::sum);
                assertFalse(refusal.explanation().isBlank());
                JACKSON.readTree(codec.encode(refusal.toMessage()));
            }
        });
        for (String kind : List.of("Subscribe", "Unsubscribe", "ClientEvent", "Ping", "Pong", "Signin", "refused")) {
            assertTrue(outcomes.getOrDefault(kind, 0) >= 100, () -> "too few of " + kind + ": " + outcomes);
        }
    }

    private static Publication published(PusherClientMessage.ClientEvent event) {
        var id = new ChannelId("acme", event.channel().name());
        var draft = new Draft(id, event.event(), event.data(), null, 0, 0, new Sender(1, true, "u"));
        return new Publication(draft, new Position("e", 1), 0);
    }

    private static void checkWritten(PusherCodec codec, PusherClientMessage message) throws IOException {
        if (message instanceof PusherClientMessage.ClientEvent event) {
            JsonNode frame = JACKSON.readTree(codec.encode(published(event)));
            assertEquals(event.channel().name(), frame.get("channel").asText());
            assertEquals(JACKSON.readTree(event.data().utf8()), frame.get("data"));
            assertEquals("u", frame.get("user_id").asText());
        }
        if (message instanceof PusherClientMessage.Subscribe subscribe && subscribe.channelData() != null) {
            try {
                PresenceMember member =
                        PresenceMember.read(subscribe.channel(), subscribe.channelData(), PusherLimits.HOSTED);
                JsonNode frame = JACKSON.readTree(
                        codec.encode(new PusherServerMessage.PresenceSucceeded(subscribe.channel(), List.of(member))));
                JsonNode presence = JACKSON.readTree(frame.get("data").asText()).get("presence");
                assertEquals(
                        JACKSON.readTree(member.info().utf8()),
                        presence.get("hash").get(member.id().text()));
                assertEquals(member.id().number(), presence.get("ids").get(0).isNumber());
            } catch (PusherException refusal) {
                assertFalse(refusal.explanation().isBlank());
            }
        }
        if (message instanceof PusherClientMessage.Signin signin) {
            try {
                SignedInUser.read(signin.userData(), PusherLimits.HOSTED);
            } catch (PusherException refusal) {
                assertFalse(refusal.explanation().isBlank());
            }
        }
    }

    @Test
    void anyBody_endsInEventsOrATypedRefusal() throws IOException {
        var bodies = new EventBodies(PusherLimits.HOSTED);
        QueryParameters query = parsed("name=e&data=d&channel=c");
        var outcomes = new HashMap<String, Integer>();
        for (boolean utf8 : new boolean[] {true, false}) {
            every("any bytes as a body, UTF-8: " + utf8, utf8, 40_000, body -> {
                try {
                    checkStrings(List.of(bodies.event(body, query)));
                    outcomes.merge("event", 1, Integer::sum);
                } catch (ApiException refusal) {
                    outcomes.merge(checked(refusal), 1, Integer::sum);
                }
                try {
                    checkStrings(bodies.batch(body));
                    outcomes.merge("batch", 1, Integer::sum);
                } catch (ApiException refusal) {
                    outcomes.merge(checked(refusal), 1, Integer::sum);
                }
            });
        }
        for (String kind : List.of("event", "batch", "refused")) {
            assertTrue(outcomes.getOrDefault(kind, 0) >= 100, () -> "too few of " + kind + ": " + outcomes);
        }
    }

    private static QueryParameters parsed(String query) {
        try {
            return QueryParameters.parse(query);
        } catch (ApiException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void checkStrings(List<ApiEvent> events) throws IOException {
        for (ApiEvent event : events) {
            assertTrue(JACKSON.readTree(event.data().utf8()).isTextual());
        }
    }

    private static String checked(ApiException refusal) {
        assertTrue(refusal.status() == 400 || refusal.status() == 413);
        assertFalse(refusal.explanation().isBlank());
        return "refused";
    }

    @Test
    void anyQuery_endsInParametersOrATypedRefusal() throws IOException {
        var keys = new AppKeys(List.of(Golden.KEY));
        every("any bytes as a query string", false, 30_000, bytes -> {
            try {
                QueryParameters query = QueryParameters.parseForm(bytes);
                ApiSignature.verify(keys, new ApiRequest("POST", "/apps/3/events", query, bytes), 1_353_088_179);
                fail("nobody signed this");
            } catch (ApiException refusal) {
                assertTrue(refusal.status() == 400 || refusal.status() == 401);
                assertFalse(refusal.explanation().isBlank());
            }
        });
    }
}
