package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.KEY;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.pusher.PusherClientMessage.Signin;
import dev.heliograph.protocol.pusher.PusherClientMessage.Subscribe;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures of clients: Pusher's worked examples and the vectors of its server SDKs. */
final class SocketAuthTest {
    private static final SocketId SOCKET = new SocketId("1234.1234");
    private static final AppKeys KEYS = new AppKeys(List.of(KEY));
    private static final PusherChannel PRESENCE = new PusherChannel("presence-foobar");
    private static final String CHANNEL_DATA = "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}";

    private static String faultOf(Subscribe message) {
        return assertThrows(PusherException.class, () -> SocketAuth.verify(KEYS, SOCKET, message))
                .explanation();
    }

    private static Subscribe subscribe(String channel, @Nullable String auth) {
        return new Subscribe(new PusherChannel(channel), auth, null);
    }

    @ParameterizedTest
    @CsvSource({
        "private-foobar, 58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4",
        "'private-azAZ9_=@,.;', 208cbbce2a22fd7d7c3509046b17a97b99d345cf4c195bc0d54af9004a022b0b"
    })
    void privateChannel_isSignedAsByPusher(String name, String signature) throws PusherException {
        String auth = "278d425bdf160c739803:" + signature;
        assertEquals(auth, SocketAuth.sign(KEY, SOCKET, new PusherChannel(name), null));
        SocketAuth.verify(KEYS, SOCKET, subscribe(name, auth));
    }

    @Test
    void presenceChannel_isSignedWithItsData() throws PusherException {
        String auth = SocketAuth.sign(KEY, SOCKET, PRESENCE, CHANNEL_DATA);
        assertEquals("278d425bdf160c739803:31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80", auth);
        SocketAuth.verify(KEYS, SOCKET, new Subscribe(PRESENCE, auth, CHANNEL_DATA));
    }

    /** The page shows the digest of an older name beside the new one. */
    @Test
    void presenceExampleOfPushersPage_isThatOfAnotherUser() {
        String printed = "278d425bdf160c739803:afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c";
        assertNotEquals(printed, SocketAuth.sign(KEY, SOCKET, PRESENCE, CHANNEL_DATA));
        assertEquals(
                printed, SocketAuth.sign(KEY, SOCKET, PRESENCE, CHANNEL_DATA.replace("Mr. Channels", "Mr. Pusher")));
        assertTrue(faultOf(new Subscribe(PRESENCE, printed, CHANNEL_DATA)).startsWith("Invalid signature: "));
    }

    @Test
    void user_isSignedAsByPusher() throws PusherException {
        String userData = "{\"id\":\"12345\"}";
        String auth = SocketAuth.signUser(KEY, SOCKET, userData);
        assertEquals("278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba", auth);
        SocketAuth.verify(KEYS, SOCKET, new Signin(auth, userData));
    }

    /** Of the tests of Pusher's Node.js SDK. */
    @Test
    void dataThatIsNotAscii_isSignedAsUtf8() {
        var key = new AppKey("aaaa", "tofu");
        assertEquals(
                "aaaa:620494cee53d6c568b49598313194088afda37218f0d059af03c0c898ed61ff4",
                SocketAuth.signUser(key, new SocketId("1.1"), "{\"id\":\"ą§¶™€łü€ß£\"}"));
        assertEquals(
                "f00d:962c48b78bf93d98ff4c92ee7dff04865821455b7b401e9d60a9e0a90af2c105",
                SocketAuth.sign(
                        new AppKey("f00d", "tofu"),
                        new SocketId("123.456"),
                        new PusherChannel("private-encrypted-bla"),
                        "\"foo\""));
    }

    @Test
    void sharedSecret_isThatOfPushersNodeSdk() {
        var master = new EncryptionKey(Base64.getDecoder().decode("zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="));
        assertEquals(
                "nlr49ISQHz91yS3cy/yWmW8wFMNeTnNL5tNHnbPJcLQ=",
                master.sharedSecret(new PusherChannel("private-encrypted-bla")));
        assertThrows(IllegalArgumentException.class, () -> new EncryptionKey(new byte[31]));
    }

    @Test
    void privateChannel_withDataIsSignedWithIt() throws PusherException {
        var channel = new PusherChannel("private-integration");
        String data = "{\"user_id\":\"1234.1234\"}";
        String auth = SocketAuth.sign(KEY, SOCKET, channel, data);
        SocketAuth.verify(KEYS, SOCKET, new Subscribe(channel, auth, data));
        assertTrue(faultOf(new Subscribe(channel, auth, null)).startsWith("Invalid signature: "));
    }

    @Test
    void presenceChannel_withoutDataIsSignedAsAPrivateOne() throws PusherException {
        SocketAuth.verify(KEYS, SOCKET, new Subscribe(PRESENCE, SocketAuth.sign(KEY, SOCKET, PRESENCE, null), null));
    }

    @Test
    void publicChannel_takesNoSignature() {
        assertDoesNotThrow(() -> SocketAuth.verify(KEYS, SOCKET, subscribe("my-channel", null)));
        assertDoesNotThrow(() -> SocketAuth.verify(KEYS, SOCKET, subscribe("my-channel", "nonsense")));
        assertThrows(
                IllegalArgumentException.class,
                () -> SocketAuth.sign(KEY, SOCKET, new PusherChannel("my-channel"), null));
    }

    @Test
    void usersChannel_isNeverSubscribedTo() {
        String signed = KEY.key() + ":" + KEY.sign("1234.1234:#server-to-user-7");
        assertEquals(
                "Cannot subscribe to #server-to-user-7: its events reach the connections that signed in as that user",
                faultOf(subscribe("#server-to-user-7", signed)));
        assertThrows(
                IllegalArgumentException.class,
                () -> SocketAuth.sign(KEY, SOCKET, new PusherChannel("#server-to-user-7"), null));
    }

    /** Whoever may have any channel signed must not be able to have a sign-in signed. */
    @Test
    void signInsString_cannotBeAChannels() {
        assertNull(PusherChannel.parse(":user::{\"id\":\"admin\"}", PusherChannel.LENGTH_MAX));
        assertNull(SocketId.parse("1234.1234:"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "278d425bdf160c739803:", ":58df8b0c", ":", "278d425bdf160c739803"})
    void authOfABadForm_isNamed(String auth) {
        assertEquals(
                "Auth value for subscription to private-foobar is invalid: should be of format 'key:signature'",
                faultOf(subscribe("private-foobar", auth)));
    }

    @Test
    void faults_areThoseOfHostedPusher() {
        assertEquals("Auth info required to subscribe to private-foobar", faultOf(subscribe("private-foobar", null)));
        assertEquals(
                "Invalid key in subscription auth data: '278d425bdf160c73980'",
                faultOf(subscribe("private-foobar", "278d425bdf160c73980:58df")));
        assertEquals(
                "Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234:private-foobar, but got 58df",
                faultOf(subscribe("private-foobar", "278d425bdf160c739803:58df")));
        assertEquals(
                "Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234::user::{}, but got a:b",
                assertThrows(
                                PusherException.class,
                                () -> SocketAuth.verify(KEYS, SOCKET, new Signin("278d425bdf160c739803:a:b", "{}")))
                        .explanation());
    }

    @Test
    void signature_holdsForOneSocketOneChannelAndOneCaseOnly() {
        String auth = SocketAuth.sign(KEY, SOCKET, new PusherChannel("private-foobar"), null);
        for (Subscribe other : List.of(
                subscribe("private-foobaR", auth),
                subscribe("private-foobar", auth.toUpperCase(java.util.Locale.ROOT)),
                subscribe("private-foobar", auth.substring(0, auth.length() - 1)),
                subscribe("private-foobar", auth + "0"),
                new Subscribe(new PusherChannel("private-foobar"), auth, "{}"))) {
            assertThrows(PusherException.class, () -> SocketAuth.verify(KEYS, SOCKET, other));
        }
        assertThrows(
                PusherException.class,
                () -> SocketAuth.verify(KEYS, new SocketId("1234.1235"), subscribe("private-foobar", auth)));
    }

    @Test
    void everyKeyOfAnApp_isGood() throws PusherException {
        var newer = new AppKey("newer", "other");
        var keys = new AppKeys(List.of(KEY, newer));
        var channel = new PusherChannel("private-foobar");
        for (AppKey key : List.of(KEY, newer)) {
            SocketAuth.verify(keys, SOCKET, new Subscribe(channel, SocketAuth.sign(key, SOCKET, channel, null), null));
        }
        String mixed = "newer"
                + SocketAuth.sign(KEY, SOCKET, channel, null)
                        .substring(KEY.key().length());
        assertThrows(PusherException.class, () -> SocketAuth.verify(keys, SOCKET, new Subscribe(channel, mixed, null)));
        assertEquals(KEY, keys.oldest());
    }

    @Test
    void keys_areCheckedAndTheirSecretsNotPrinted() {
        assertEquals("AppKey[k]", new AppKey("k", "secret").toString());
        for (String key : List.of("", "a:b", "a b", "ä", "x".repeat(129))) {
            assertThrows(IllegalArgumentException.class, () -> new AppKey(key, "s"), key);
        }
        assertThrows(IllegalArgumentException.class, () -> new AppKey("k", ""));
        assertThrows(IllegalArgumentException.class, () -> new AppKeys(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new AppKeys(List.of(KEY, new AppKey(KEY.key(), "s"))));
        assertThrows(
                IllegalArgumentException.class,
                () -> new AppKeys(IntStream.rangeClosed(0, AppKeys.COUNT_MAX)
                        .mapToObj(n -> new AppKey("k" + n, "s"))
                        .collect(Collectors.toList())));
    }

    @Test
    void longData_isCitedShortly() {
        String fault =
                faultOf(new Subscribe(PRESENCE, "278d425bdf160c739803:" + "f".repeat(5_000), "x".repeat(60_000)));
        assertTrue(fault.length() < 1_300, fault);
    }

    @Test
    void signatures_ofManyThreadsAreTheSame() {
        String expected = KEY.sign("1234.1234:private-foobar");
        assertTrue(IntStream.range(0, 2_000)
                .parallel()
                .mapToObj(_ -> KEY.sign("1234.1234:private-foobar"))
                .allMatch(expected::equals));
    }
}
