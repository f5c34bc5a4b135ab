package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.json;
import static dev.heliograph.protocol.pusher.Golden.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an app's server posts is read as it was meant, or refused with the words of the service. */
final class EventBodiesTest {
    private static final byte[] NO_BODY = {};

    private final EventBodies bodies = new EventBodies(PusherLimits.HOSTED);

    private ApiEvent event(String singleQuoted) throws ApiException {
        return bodies.event(json(singleQuoted), QueryParameters.NONE);
    }

    private ApiEvent query(String query) throws ApiException {
        return bodies.event(NO_BODY, QueryParameters.parse(query));
    }

    private ApiException refused(String singleQuoted) {
        return assertThrows(ApiException.class, () -> event(singleQuoted), singleQuoted);
    }

    private List<ApiEvent> batch(String... singleQuoted) throws ApiException {
        return bodies.batch(json("{'batch':[" + String.join(",", singleQuoted) + "]}"));
    }

    private static List<PusherChannel> channels(String... names) {
        return List.of(names).stream().map(PusherChannel::new).toList();
    }

    @Test
    void exampleOfPushersPage_isReadAsItsEvent() throws ApiException {
        ApiEvent event = bodies.event(Golden.bytes("api-event-of-docs"), QueryParameters.NONE);
        assertEquals(
                new ApiEvent(
                        "foo", RawJson.of("\"{\\\"some\\\":\\\"data\\\"}\""), channels("project-3"), null, Set.of()),
                event);
    }

    @Test
    void everyParameter_isRead() throws ApiException {
        assertEquals(
                new ApiEvent(
                        "App\\Events\\X",
                        RawJson.of("\"\\u00e9\u2028\""),
                        channels("presence-a", "b"),
                        new SocketId("123.456"),
                        Set.of(ChannelAttribute.USER_COUNT, ChannelAttribute.SUBSCRIPTION_COUNT)),
                event("{'info':'user_count, subscription_count','name':'App\\\\Events\\\\X','x':[{'data':1}],"
                        + "'data':'\\u00e9\u2028','channels':['presence-a','b','presence-a'],'socket_id':'123.456'}"));
    }

    @Test
    void parameters_mayStandInTheQuery() throws ApiException {
        assertEquals(
                new ApiEvent(
                        "my event",
                        RawJson.of("\"{\\\"a\\\":\\\"é\\u000a\\\"}\""),
                        channels("a", "b"),
                        new SocketId("1.2"),
                        Set.of(ChannelAttribute.USER_COUNT)),
                query("name=my+event&data=%7B%22a%22:%22%C3%A9%0A%22%7D&channels[]=a&channels%5B%5D=b&socket_id=1.2"
                        + "&info=user_count"));
        assertEquals(channels("a"), query("name=e&data=&channel=a").channels());
        assertEquals(
                channels("a"),
                bodies.event(
                                json("{'name':'e','data':'d','channel':'a'}"),
                                QueryParameters.parse("channels[]=b&name=f"))
                        .channels(),
                "the body comes first");
    }

    @Test
    void emptyData_isLegal() throws ApiException {
        assertEquals(
                RawJson.of("\"\""),
                event("{'name':'e','data':'','channel':'c'}").data());
        assertEquals(RawJson.of("\"\""), query("name=e&data=&channel=c").data());
    }

    @Test
    void null_isNothing() throws ApiException {
        ApiEvent event = event("{'name':'e','data':'','channels':null,'channel':'c','socket_id':null,'info':null}");
        assertNull(event.except());
        assertEquals(Set.of(), event.info());
        assertEquals(
                "Missing required parameter: data",
                refused("{'name':'e','data':null,'channel':'c'}").explanation());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'data':'','channel':'c'} | Missing required parameter: name",
                "{'name':'','data':'','channel':'c'} | Missing required parameter: name",
                "{'name':'e','channel':'c'} | Missing required parameter: data",
                "{'name':'e','data':''} | Missing required parameter: channel",
                "{'name':'e','data':'','channels':[]} | Missing required parameter: channels",
                "{'name':7,'data':'','channel':'c'} | Invalid parameter name: expected a string",
                "{'name':'e','data':{'a':1},'channel':'c'} | Invalid parameter data: expected a string; what else there is to say goes into it as JSON",
                "{'name':'e','data':'','channel':['c']} | Invalid parameter channel: expected a string",
                "{'name':'e','data':'','channels':'c'} | Invalid parameter channels: expected a list of channel names",
                "{'name':'e','data':'','channels':[7]} | Invalid parameter channels: expected a string",
                "{'name':'e','data':'','channels':['a'],'channel':'a'} | Invalid parameters, expected either channel or channels",
                "{'name':'e','data':'','channel':'a b'} | Invalid channel name: 'a b', expected 1 to 164 characters of A-Z a-z 0-9 _ - = @ , . ;",
                "{'name':'e','data':'','channels':['a','#b']} | Invalid channel name: '#b', expected 1 to 164 characters of A-Z a-z 0-9 _ - = @ , . ;",
                "{'name':'pusher:ping','data':'','channel':'c'} | Invalid event name: 'pusher:ping', expected none that begins with pusher: or pusher_internal:",
                "{'name':'pusher_internal:x','data':'','channel':'c'} | Invalid event name: 'pusher_internal:x', expected none that begins with pusher: or pusher_internal:",
                "{'name':'e','data':'','channel':'c','socket_id':'undefined'} | Invalid socket id: 'undefined', expected digits, a dot and digits",
                "{'name':'e','data':'','channel':'c','socket_id':''} | Invalid socket id: '', expected digits, a dot and digits",
                "{'name':'e','data':'','channel':'c','info':'user_count,x'} | Invalid info attribute: 'x', expected of user_count, subscription_count",
                "{'name':'e','data':'','channels':['private-encrypted-a','b']} | You cannot trigger to multiple channels when using encrypted channels",
                "{'name':'e','data':'','channels':['b','private-encrypted-cache-a']} | You cannot trigger to multiple channels when using encrypted channels",
                "[] | Invalid body, expected a JSON object",
                "{'name':'e','data':'','channel':'c'} 7 | Invalid body, expected one JSON object, but more follows it"
            })
    void badEvent_isRefusedWithItsCause(String body, String explanation) {
        ApiException refusal = refused(body);
        assertEquals(explanation, refusal.explanation());
        assertEquals(400, refusal.status());
        assertEquals(explanation + "\n", Golden.text(refusal.body()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "nul",
                "{'name':'e','name':'f'}",
                "{'name':\u0001}",
                "{'name':'a\nb'}",
                "{'a':01}",
                "{\u2028}"
            })
    void malformedJson_isRefused(String body) {
        ApiException refusal = refused(body);
        assertEquals(400, refusal.status());
        assertTrue(refusal.explanation().startsWith("Invalid JSON in the body: "), refusal.explanation());
    }

    @Test
    void bytesThatAreNotUtf8_areRefused() {
        byte[] body = json("{'name':'e','data':'xyz','channel':'c'}");
        int at = Golden.text(body).indexOf("xyz");
        for (int[] bad : new int[][] {{0xff, 'y', 'z'}, {0xc0, 0x80, 'z'}, {0xed, 0xa0, 0x80}}) {
            for (int i = 0; i < 3; i++) {
                body[at + i] = (byte) bad[i];
            }
            var refusal = assertThrows(ApiException.class, () -> bodies.event(body, QueryParameters.NONE));
            assertEquals("Invalid body, expected UTF-8", refusal.explanation());
        }
        byte[] utf16 = "{\"name\":\"e\"}".getBytes(StandardCharsets.UTF_16LE);
        assertThrows(ApiException.class, () -> bodies.event(utf16, QueryParameters.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"private-encrypted-a", "#server-to-user-7", "presence-cache-x", "private-a,b;c"})
    void singleChannel_ofAnyKindIsTaken(String channel) throws ApiException {
        assertEquals(
                channels(channel),
                event("{'name':'e','data':'','channels':['" + channel + "']}").channels());
    }

    @Test
    void bounds_holdExactly() throws ApiException {
        assertNotNull(event("{'name':'" + "n".repeat(200) + "','data':'','channel':'c'}"));
        assertEquals(
                "Event name too long (201 > 200)",
                refused("{'name':'" + "n".repeat(201) + "','data':'','channel':'c'}")
                        .explanation());
        assertEquals(100, event(ofChannels(100)).channels().size());
        assertEquals("Too many channels (101 > 100)", refused(ofChannels(101)).explanation());
    }

    private static String ofChannels(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> "'c" + n + "'")
                .collect(Collectors.joining(",", "{'name':'e','data':'','channels':[", "]}"));
    }

    @Test
    void data_isBoundedByWhatItSays() throws ApiException {
        String body = "{'name':'e','channel':'c','data':'%s'}";
        for (String data : List.of(
                "x".repeat(10_240),
                "\\u0078".repeat(10_240),
                "\\n".repeat(10_240),
                "é".repeat(5_120),
                "\\u00e9".repeat(5_120),
                "€\\u20ac".repeat(1_706) + "xxxx",
                "🚀\\ud83d\\ude80".repeat(1_280))) {
            assertNotNull(event(body.formatted(data)));
            ApiException refusal = refused(body.formatted(data + "x"));
            assertEquals(413, refusal.status());
            assertEquals(
                    "The data content of this event exceeds the allowed maximum (10240 bytes). See"
                            + " https://pusher.com/docs/channels/server_api/http-api#publishing-events for more info",
                    refusal.explanation());
        }
        var generous = new EventBodies(new PusherLimits(164, 102_400, 1_024));
        byte[] large = json(body.formatted("x".repeat(102_400)));
        assertEquals(102_402, generous.event(large, QueryParameters.NONE).data().length());
    }

    @Test
    void batch_isReadInItsOrder() throws ApiException {
        assertEquals(2, bodies.batch(Golden.bytes("api-batch")).size());
        List<ApiEvent> events = batch(
                "{'name':'a','data':'1','channel':'private-encrypted-x','socket_id':'1.2'}",
                "{'info':'subscription_count','channel':'y','data':'2','name':'b'}");
        assertEquals(
                List.of(
                        new ApiEvent(
                                "a",
                                RawJson.of("\"1\""),
                                channels("private-encrypted-x"),
                                new SocketId("1.2"),
                                Set.of()),
                        new ApiEvent(
                                "b",
                                RawJson.of("\"2\""),
                                channels("y"),
                                null,
                                Set.of(ChannelAttribute.SUBSCRIPTION_COUNT))),
                events);
        assertEquals(List.of(), batch());
    }

    @Test
    void batch_isBoundedAndToldSoAsByTheService() throws ApiException {
        String event = "{'name':'e','data':'','channel':'c'}";
        assertEquals(
                10, batch(Collections.nCopies(10, event).toArray(String[]::new)).size());
        for (String last : List.of(event, "7", "{'name':[]}")) {
            String[] eleven = Collections.nCopies(11, event).toArray(String[]::new);
            eleven[10] = last;
            var refusal = assertThrows(ApiException.class, () -> batch(eleven));
            assertEquals("Batch too large (11 > 10)\n", Golden.text(refusal.body()));
            assertEquals(400, refusal.status());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'batch':[{'name':'e','data':'','channels':['a','b']}]} | Missing required parameter: channel",
                "{'batch':[{'name':'e','channel':'a'}]} | Missing required parameter: data",
                "{'batch':[{'name':'e','data':'','channel':'a'},{'data':'','channel':'a'}]} | Missing required parameter: name",
                "{'batch':{}} | Invalid parameter batch: expected a list of events",
                "{'batch':null} | Invalid parameter batch: expected a list of events",
                "{'batch':[7]} | Invalid parameter batch: expected a list of events, which are objects",
                "{} | Missing required parameter: batch",
                "[] | Invalid body, expected a JSON object"
            })
    void badBatch_isRefusedWithItsCause(String body, String explanation) {
        var refusal = assertThrows(ApiException.class, () -> bodies.batch(json(body)), body);
        assertEquals(explanation, refusal.explanation());
        assertEquals(400, refusal.status());
    }

    @Test
    void batch_withOneEventTooLargeIsRefusedWhole() {
        String large = "{'name':'e','channel':'c','data':'" + "x".repeat(10_241) + "'}";
        assertEquals(
                413,
                assertThrows(ApiException.class, () -> batch("{'name':'e','data':'','channel':'c'}", large))
                        .status());
    }

    @Test
    void legacyEvent_hasItsDataAsTheBody() throws ApiException {
        QueryParameters query = QueryParameters.parse("name=foo&socket_id=1.2");
        ApiEvent event = bodies.legacyEvent("project-3", utf8("{\"some\":\"data\u2028\"}\n"), query);
        assertEquals(
                new ApiEvent(
                        "foo",
                        RawJson.of("\"{\\\"some\\\":\\\"data\u2028\\\"}\\u000a\""),
                        channels("project-3"),
                        new SocketId("1.2"),
                        Set.of()),
                event);
        assertThrows(ApiException.class, () -> bodies.legacyEvent("a b", utf8("x"), query));
        assertThrows(ApiException.class, () -> bodies.legacyEvent("a", utf8("x"), QueryParameters.NONE));
        assertThrows(ApiException.class, () -> bodies.legacyEvent("a", new byte[] {(byte) 0xff}, query));
        assertThrows(ApiException.class, () -> bodies.legacyEvent("a", new byte[] {'x', (byte) 0xc3}, query));
    }

    @Test
    void errors_citeNoMoreThanTheyMust() {
        String name = "#".repeat(5_000);
        for (String body : List.of(
                "{'name':'e','data':'','channel':'" + name + "'}",
                "{'name':'pusher:" + "x".repeat(150) + "','data':'','channel':'c'}",
                "{'name':'e','data':'','channel':'c','socket_id':'" + name + "'}",
                "{'name':'e','data':'','channel':'c','info':'" + name + "'}")) {
            assertTrue(refused(body).explanation().length() < 250);
        }
    }
}
