package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.KEY;
import static dev.heliograph.protocol.pusher.Golden.text;
import static dev.heliograph.protocol.pusher.Golden.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An auth endpoint's requests and answers, and what a client says when it connects. */
final class AuthEndpointTest {
    private static AuthRequest request(String form) throws ApiException {
        return AuthRequest.read(QueryParameters.parseForm(utf8(form)), PusherLimits.HOSTED);
    }

    @Test
    void form_isReadAsPusherJsPostsIt() throws ApiException {
        var expected = new AuthRequest(new SocketId("1234.1234"), new PusherChannel("private-foobar"));
        assertEquals(expected, request("socket_id=1234.1234&channel_name=private-foobar"));
        assertEquals(expected, request("channel_name=private%2Dfoobar&x=1&socket_id=1234%2E1234"));
        assertEquals(
                new SocketId("1234.1234"),
                AuthRequest.readUser(QueryParameters.parseForm(utf8("socket_id=1234.1234"))));
    }

    @ParameterizedTest
    @CsvSource({
        "'', Missing required parameter: socket_id",
        "channel_name=private-x, Missing required parameter: socket_id",
        "socket_id=&channel_name=private-x, Missing required parameter: socket_id",
        "socket_id=1.2, Missing required parameter: channel_name",
        "socket_id=1.2&channel_name[]=private-x, Missing required parameter: channel_name",
        "socket_id=1.2%3A&channel_name=private-x, 'Invalid socket id: ''1.2:'', expected digits, a dot and digits'",
        "socket_id=1.2&channel_name=private-x%0A, 'Invalid channel name: ''private-x\n'', expected 1 to 164 characters of A-Z a-z 0-9 _ - = @ , . ;'",
        "socket_id=1.2&channel_name=x, 'Invalid channel name: ''x'', expected one that begins with private- or presence-: no other takes a signature'",
        "socket_id=1.2&channel_name=%23server-to-user-7, 'Invalid channel name: ''#server-to-user-7'', expected one that begins with private- or presence-: no other takes a signature'"
    })
    void badForm_isRefusedWithItsCause(String form, String explanation) {
        var refusal = assertThrows(ApiException.class, () -> request(form));
        assertEquals(explanation, refusal.explanation());
        assertEquals(400, refusal.status());
    }

    /** Else whoever may have any channel signed could have itself signed in as anyone. */
    @Test
    void signInsString_isNotSignedAsAChannel() {
        assertThrows(
                ApiException.class,
                () -> request("socket_id=1234.1234&channel_name=:user::%7B%22id%22:%2212345%22%7D"));
    }

    @Test
    void answers_areThoseOfPushersSdks() throws ApiException {
        assertEquals(
                "{\"auth\":\"278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4\"}",
                text(AuthAnswers.channel(KEY, request("socket_id=1234.1234&channel_name=private-foobar"), null, null)));
        assertEquals(
                "{\"auth\":\"278d425bdf160c739803:afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c\","
                        + "\"channel_data\":\"{\\\"user_id\\\":10,\\\"user_info\\\":{\\\"name\\\":\\\"Mr. Pusher\\\"}}\"}",
                text(AuthAnswers.channel(
                        KEY,
                        request("socket_id=1234.1234&channel_name=presence-foobar"),
                        "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Pusher\"}}",
                        null)));
        assertEquals(
                "{\"auth\":\"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba\","
                        + "\"user_data\":\"{\\\"id\\\":\\\"12345\\\"}\"}",
                text(AuthAnswers.user(KEY, new SocketId("1234.1234"), "{\"id\":\"12345\"}")));
    }

    @Test
    void sharedSecret_isToldOfEncryptedChannelsOnly() throws ApiException {
        var master = new EncryptionKey(Base64.getDecoder().decode("zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="));
        var key = new AppKey("f00d", "tofu");
        assertEquals(
                "{\"auth\":\"f00d:962c48b78bf93d98ff4c92ee7dff04865821455b7b401e9d60a9e0a90af2c105\","
                        + "\"channel_data\":\"\\\"foo\\\"\",\"shared_secret\":\"nlr49ISQHz91yS3cy/yWmW8wFMNeTnNL5tNHnbPJcLQ=\"}",
                text(AuthAnswers.channel(
                        key, request("socket_id=123.456&channel_name=private-encrypted-bla"), "\"foo\"", master)));
        assertFalse(text(AuthAnswers.channel(key, request("socket_id=123.456&channel_name=private-bla"), null, master))
                .contains("shared_secret"));
    }

    @ParameterizedTest
    @CsvSource({
        "protocol=7&client=js&version=8.6.0&flash=false, 7, js, 8.6.0, false",
        "client=java-client&protocol=5&version=2.4.4, 5, java-client, 2.4.4, true",
        "protocol=6, 6, , , false"
    })
    void handshake_isReadOfEveryProtocolThatIsSpoken(
            String query, int protocol, String client, String version, boolean wantsError)
            throws ApiException, PusherException {
        Handshake handshake = Handshake.read(QueryParameters.parse(query));
        assertEquals(new Handshake(protocol, client, version), handshake);
        assertEquals(wantsError, handshake.wantsErrorBeforeClose());
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "8", "07", "7.0", "x", "-7", "77777777777777777777"})
    void otherProtocol_isRefusedWithItsCode(String protocol) {
        var refusal = assertThrows(
                PusherException.class, () -> Handshake.read(QueryParameters.parse("protocol=" + protocol)));
        assertEquals(PusherCode.PROTOCOL_UNSUPPORTED, refusal.code());
        assertTrue(refusal.explanation().endsWith(protocol + ", expected protocol=5 to 7"), refusal.explanation());
    }

    @Test
    void noProtocol_isRefusedWithItsCode() {
        var refusal = assertThrows(PusherException.class, () -> Handshake.read(QueryParameters.NONE));
        assertEquals(PusherCode.PROTOCOL_MISSING, refusal.code());
        assertEquals(4008, PusherCode.PROTOCOL_MISSING.code());
        assertTrue(PusherCode.PROTOCOL_MISSING.closes());
        assertFalse(PusherCode.CLIENT_EVENT_REFUSED.closes());
        assertFalse(PusherCode.WATCHLIST_TOO_LONG.closes());
        for (PusherCode code : PusherCode.values()) {
            assertTrue(code.reason().length() <= 123, "a Close frame holds no longer reason than 123 bytes");
        }
    }
}
