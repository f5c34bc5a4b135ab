package dev.heliograph.protocol.pusher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.pusher.PusherChannel.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel's name may be, and what it says. */
final class PusherChannelTest {
    private static final int HOSTED = PusherLimits.HOSTED.channelLengthMax();

    @ParameterizedTest
    @CsvSource({
        "my-channel, PUBLIC, false",
        "cache-x, PUBLIC, true",
        "private-x, PRIVATE, false",
        "private-cache-x, PRIVATE, true",
        "private-encrypted-x, ENCRYPTED, false",
        "private-encrypted-cache-x, ENCRYPTED, true",
        "presence-x, PRESENCE, false",
        "presence-cache-x, PRESENCE, true",
        "#server-to-user-7, USER, false",
        "#server-to-user-cache-, USER, false",
        // the beginning alone counts, and the whole of it
        "my-cache-x, PUBLIC, false",
        "xprivate-x, PUBLIC, false",
        "xpresence-x, PUBLIC, false",
        "my-private-encrypted-x, PUBLIC, false",
        "private, PUBLIC, false",
        "presence, PUBLIC, false",
        "Private-x, PUBLIC, false",
        "private-my-cache-x, PRIVATE, false",
        "private-xencrypted-x, PRIVATE, false",
        "private-cache-encrypted-x, PRIVATE, true",
        "private-encrypted-my-cache-x, ENCRYPTED, false",
        "presence-my-cache-x, PRESENCE, false",
        "presence-private-x, PRESENCE, false",
        "presence-encrypted-x, PRESENCE, false",
        "cache-private-x, PUBLIC, true",
        "my-private-cache-x, PUBLIC, false",
        "my-private-encrypted-cache-x, PUBLIC, false",
        "my-presence-cache-x, PUBLIC, false",
        "presence-private-cache-x, PRESENCE, false",
        "client-x, PUBLIC, false"
    })
    void beginningOfAName_saysWhatKindOfChannelItIs(String name, Kind kind, boolean cache) {
        var channel = new PusherChannel(name);
        assertEquals(kind, channel.kind());
        assertEquals(cache, channel.isCache());
        assertEquals(kind != Kind.PUBLIC && kind != Kind.USER, channel.isSigned());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "private-azAZ09_-=@,.;",
                "-",
                ";",
                ",",
                "private-",
                "presence-12.34",
                "#server-to-user-a,b;c"
            })
    void names_ofTheAllowedCharacters_areTaken(String name) {
        assertEquals(new PusherChannel(name), PusherChannel.parse(name, HOSTED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a\n",
                "\na",
                "a:b",
                "a/b",
                "#",
                "#a",
                "a#b",
                "#server-to-user",
                "#server-to-user-",
                "#server-to-user-#",
                "#server-to-user-a:b",
                "é",
                "a\u0000",
                "a%20b",
                "a+b",
                "a'b",
                "a\"b",
                "\ud800",
                "１"
            })
    void otherNames_areRefused(String name) {
        assertNull(PusherChannel.parse(name, HOSTED));
        assertThrows(IllegalArgumentException.class, () -> new PusherChannel(name));
    }

    @Test
    void length_countsThePrefixAndIsBounded() {
        assertNotNull(PusherChannel.parse("private-" + "x".repeat(156), HOSTED));
        assertNull(PusherChannel.parse("private-" + "x".repeat(157), HOSTED));
        assertNotNull(PusherChannel.parse("x".repeat(200), 200));
        assertNull(PusherChannel.parse("x".repeat(201), 1_000), "no limit raises what SDKs let pass");
        assertNull(PusherChannel.parse("xx", 1));
    }

    @Test
    void usersChannel_namesItsUser() {
        PusherChannel channel = PusherChannel.ofUser("foo-bar_1234@=,.;");
        assertNotNull(channel);
        assertEquals("#server-to-user-foo-bar_1234@=,.;", channel.name());
        assertEquals("foo-bar_1234@=,.;", channel.userId());
        assertNull(PusherChannel.ofUser(""));
        assertNull(PusherChannel.ofUser("a:b"));
        assertNull(new PusherChannel("server-to-user-7").userId());
    }

    @Test
    void limits_nameTheOneThatIsWrong() {
        var fault = assertThrows(IllegalArgumentException.class, () -> new PusherLimits(201, 1, 2));
        assertEquals("channelLengthMax is 1 to 200, not 201", fault.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new PusherLimits(0, 1, 2));
        assertThrows(IllegalArgumentException.class, () -> new PusherLimits(1, 102_401, 2));
        assertThrows(IllegalArgumentException.class, () -> new PusherLimits(1, 1, 10_241));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1234.1234", "0.0", "200557.5043858", "18446744073709551615.18446744073709551615"})
    void socketIds_areDigitsADotAndDigits(String text) {
        assertEquals(new SocketId(text), SocketId.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1.",
                ".1",
                "1",
                "1.1:",
                ":1.1",
                ":\n1.1",
                "1.1\n:",
                "1.1\n",
                "\n1.1",
                " 1.1",
                "1.1.1",
                "1..1",
                "-1.1",
                "1.-1",
                "undefined",
                "1.x",
                "١.١",
                "118446744073709551615.18446744073709551615"
            })
    void anythingElse_isNoSocketId(String text) {
        assertNull(SocketId.parse(text));
        assertThrows(IllegalArgumentException.class, () -> new SocketId(text));
    }

    @Test
    void socketId_ofAnyTwoNumbers_isValidAndTheirsAlone() {
        assertEquals("123.456", SocketId.of(123, 456).text());
        assertEquals("0.18446744073709551615", SocketId.of(0, -1).text());
        assertEquals(SocketId.LENGTH_MAX, SocketId.of(-1, -1).text().length());
        assertFalse(SocketId.of(Long.MIN_VALUE, 0).equals(SocketId.of(0, 0)));
        assertTrue(SocketId.of(1, 23).text().matches("^\\d+\\.\\d+$"));
    }
}
