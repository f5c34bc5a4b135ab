package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of Pusher's own verifier, pusher-signature, and of its documentation. */
final class ApiSignatureTest {
    private static final long NOW = 1234;
    private static final byte[] NO_BODY = {};
    private static final AppKey TOKEN = new AppKey("key", "secret");
    private static final AppKeys KEYS = new AppKeys(List.of(TOKEN));
    private static final String SIGNED = "query=params&go=here&auth_key=key&auth_timestamp=1234&auth_version=1.0";
    private static final String SIGNATURE = "3b237953a5ba6619875cbb2a2d43e8da9ef5824e8a2c689f6284ac85bc1ea0db";

    private static ApiRequest request(String query) throws ApiException {
        return new ApiRequest("POST", "/some/path", QueryParameters.parse(query), NO_BODY);
    }

    private static ApiRequest signed(String query) throws ApiException {
        return request(query + "&auth_signature=" + ApiSignature.sign(TOKEN, request(query)));
    }

    private static String refusal(ApiRequest request, long now) {
        var refused = assertThrows(ApiException.class, () -> ApiSignature.verify(KEYS, request, now));
        assertEquals(401, refused.status());
        return refused.explanation();
    }

    @Test
    void signature_isThatOfPushersVerifier() throws ApiException {
        assertEquals(SIGNATURE, ApiSignature.sign(TOKEN, request(SIGNED)));
        assertEquals(
                "da078fcedd72941b6c873caa40d0d6b2000ebfc700cee802b128dd20f72e74e9",
                ApiSignature.sign(TOKEN, request("query=params&auth_key=key&auth_timestamp=1234&auth_version=1.0")));
    }

    @Test
    void keysInUpperCase_areSignedInLowerCase() throws ApiException {
        assertEquals(
                SIGNATURE,
                ApiSignature.sign(
                        TOKEN, request(SIGNED.replace("query", "Query").replace("go", "GO"))));
        assertEquals(SIGNATURE, ApiSignature.sign(TOKEN, request(SIGNED.replace("auth_version", "AUTH_VERSION"))));
    }

    @ParameterizedTest
    @CsvSource({
        "things[]=thing1&things[]=thing2, things[]=thing1&things[]=thing2",
        "things%5B%5D=thing2&things%5B%5D=thing1, things[]=thing2&things[]=thing1",
        "key;=value@, key;=value@",
        "key%3B=value%40, key;=value@",
        "key, key=",
        "key=, key=",
        "b=2&a=1&&c=3, a=1&b=2&c=3",
        "a=1&a=2, a=2",
        "a=x+y%2Bz, a=x y+z",
        "a=%C3%A9, a=é",
        "a=b=c, a=b=c",
        "auth_signature=x&a=1, a=1",
        "channels[]=z&channels1=a, channels[]=z&channels1=a"
    })
    void parameters_areSignedSortedAndNotEscaped(String query, String expected) throws ApiException {
        assertEquals(expected, QueryParameters.parse(query).toSign());
    }

    @Test
    void pathMethodKeysAndValues_areAllSigned() throws ApiException {
        QueryParameters query = QueryParameters.parse(SIGNED);
        assertNotEquals(
                SIGNATURE, ApiSignature.sign(TOKEN, new ApiRequest("POST", "/some/other/path", query, NO_BODY)));
        assertNotEquals(SIGNATURE, ApiSignature.sign(TOKEN, new ApiRequest("GET", "/some/path", query, NO_BODY)));
        assertNotEquals(SIGNATURE, ApiSignature.sign(TOKEN, request(SIGNED.replace("go", "goes"))));
        assertNotEquals(SIGNATURE, ApiSignature.sign(TOKEN, request(SIGNED.replace("here", "there"))));
    }

    @Test
    void signedRequest_passes() throws ApiException {
        assertEquals(TOKEN, ApiSignature.verify(KEYS, signed(SIGNED), NOW));
    }

    @Test
    void wrongSignature_isToldWhatToSign() throws ApiException {
        assertEquals(
                "Invalid signature: you should have sent HmacSHA256Hex(\"POST\\n/some/path\\nauth_key=key&auth_timestamp=1234"
                        + "&auth_version=1.0&go=here&query=params\", your_secret_key), but you sent \"asdf\"",
                refusal(request(SIGNED + "&auth_signature=asdf"), NOW));
        assertEquals(
                "Invalid signature: you should have sent HmacSHA256Hex(\"POST\\n/some/path\\nauth_key=key&auth_timestamp=1234"
                        + "&auth_version=1.0&go=here&query=params\", your_secret_key), but you sent nil",
                refusal(request(SIGNED), NOW));
    }

    @ParameterizedTest
    @CsvSource({
        "auth_version=1.0&auth_timestamp=1234, Missing parameter: auth_key",
        "auth_key=other, Unknown auth_key",
        "auth_key=key&auth_timestamp=1234, Version required",
        "auth_key=key&auth_version=1.1&auth_timestamp=1234, Version not supported",
        "auth_key=key&auth_version=1.1, Version not supported",
        "auth_key=key&auth_version=1.0, Timestamp required",
        "auth_key[]=key&auth_version=1.0&auth_timestamp=1234, Missing parameter: auth_key"
    })
    void faults_areFoundInTheOrderOfPushersVerifier(String query, String explanation) throws ApiException {
        assertEquals(explanation, refusal(request(query), NOW));
    }

    @Test
    void timestamp_holdsLessThan600SecondsBothWays() throws ApiException {
        ApiRequest request = signed(SIGNED);
        ApiSignature.verify(KEYS, request, NOW + 599);
        ApiSignature.verify(KEYS, request, NOW - 599);
        assertEquals(
                "Timestamp expired: Given timestamp (1970-01-01T00:20:34Z) not within 600s of server time"
                        + " (1970-01-01T00:30:34Z)",
                refusal(request, NOW + 600));
        assertEquals(
                "Timestamp expired: Given timestamp (1970-01-01T00:20:34Z) not within 600s of server time"
                        + " (1970-01-01T00:10:34Z)",
                refusal(request, NOW - 600));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1970-01-01T00:00:00Z",
        "soon, 1970-01-01T00:00:00Z",
        "99999999999999999999999999, 9999-12-31T23:59:59Z",
        "-12, 1969-12-31T23:59:48Z",
        "1700000000000, 9999-12-31T23:59:59Z",
        "2000000000.5, 2033-05-18T03:33:20Z"
    })
    void anyTimestamp_isReadAsTheNumberItBeginsWith(String timestamp, String shown) throws ApiException {
        String query = "auth_key=key&auth_version=1.0&auth_timestamp=" + timestamp;
        assertEquals(
                "Timestamp expired: Given timestamp (" + shown + ") not within 600s of server time"
                        + " (2023-11-14T22:13:20Z)",
                refusal(request(query), 1_700_000_000));
    }

    @Test
    void workedExampleOfPushersPage_passesWithItsBodyOnly() throws ApiException {
        byte[] body = Golden.bytes("api-event-of-docs");
        String query = "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0"
                + "&body_md5=ec365a775a4cd0599faeb73354201b6f"
                + "&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c";
        QueryParameters parameters = QueryParameters.parse(query);
        var keys = new AppKeys(List.of(new AppKey("newest", "other"), Golden.KEY));
        var request = new ApiRequest("POST", "/apps/3/events", parameters, body);
        assertEquals(Golden.KEY, ApiSignature.verify(keys, request, 1_353_088_179 + 599));

        byte[] changed = body.clone();
        changed[changed.length - 1] = ' ';
        var other = new ApiRequest("POST", "/apps/3/events", parameters, changed);
        var refused = assertThrows(ApiException.class, () -> ApiSignature.verify(keys, other, 1_353_088_179));
        assertEquals(401, refused.status());
        assertEquals(
                "but you sent \"ec365a775a4cd0599faeb73354201b6f\"",
                refused.explanation().substring(refused.explanation().indexOf("but you")));
    }

    /** Of the tests of Pusher's Node.js SDK. */
    @Test
    void requestsOfPushersNodeSdk_pass() throws ApiException {
        var keys = new AppKeys(List.of(new AppKey("f00d", "tofu")));
        String query = "auth_key=f00d&auth_timestamp=1234567890&auth_version=1.0";
        String asked = query + "&foo=bar&baz=123454321"
                + "&auth_signature=d8bdbd31911fb7400a14fbd36fd7de053494725b64400ae5856deafe304b34a9";
        var asking = new ApiRequest("GET", "/event", QueryParameters.parse(asked), NO_BODY);
        ApiSignature.verify(keys, asking, 1_234_567_890);
        String posted = query + "&body_md5=165d5e6d7ca8f73b3853ce45addf42fc"
                + "&auth_signature=a650196dc427ebe837226f8565ca9232198c6d1b9455eaa72374a9dc0b620e7b";
        var posting = new ApiRequest("GET", "/event", QueryParameters.parse(posted), utf8("example body"));
        ApiSignature.verify(keys, posting, 1_234_567_890);
    }

    @Test
    void body_hasToBeCoveredByTheSignature() throws ApiException {
        ApiRequest signed = signed(SIGNED);
        assertEquals(
                "Missing parameter: body_md5",
                refusal(new ApiRequest("POST", "/some/path", signed.query(), utf8("{}")), NOW));
        ApiSignature.verify(KEYS, signed(SIGNED + "&body_md5=d41d8cd98f00b204e9800998ecf8427e"), NOW);
        assertEquals(
                "Invalid body_md5: you should have sent \"d41d8cd98f00b204e9800998ecf8427e\" for this body, but you sent"
                        + " \"x\"",
                refusal(signed(SIGNED + "&body_md5=x"), NOW));
    }

    @Test
    void whatWasSigned_isShownAsRubyShowsIt() {
        assertEquals("nil", Cited.inspected(null));
        assertEquals(
                "\"a\\\"\\\\\\n\\r\\t\\u0001 #x \\#{y} \\#$z é\"", Cited.inspected("a\"\\\n\r\t\u0001 #x #{y} #$z é"));
        assertEquals(1_003, Cited.inspected("x".repeat(5_000)).length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%", "a=%1", "a=%zz", "a=%ff", "a=%c3%28", "%=1", "a=%C0%80", "a=1&a[]=2", "a[]=1&a=2"})
    void ambiguousParameters_areRefused(String query) {
        assertEquals(
                400,
                assertThrows(ApiException.class, () -> QueryParameters.parse(query))
                        .status());
    }

    @Test
    void parameters_areBoundedInNumber() throws ApiException {
        String many = "a[]=1&".repeat(QueryParameters.VALUES_MAX);
        List<String> values = QueryParameters.parse(many).list("a");
        assertEquals(Collections.nCopies(QueryParameters.VALUES_MAX, "1"), values);
        assertEquals(
                "Too many parameters, expected at most 256",
                assertThrows(ApiException.class, () -> QueryParameters.parse(many + "b=1"))
                        .explanation());
    }
}
