package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.PusherClientMessage.Signin;
import dev.heliograph.protocol.pusher.PusherClientMessage.Subscribe;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends is read as it was meant, or refused with what was wrong. */
final class ClientMessageReaderTest {
    private final PusherCodec codec = new PusherCodec(PusherLimits.HOSTED);

    private PusherClientMessage read(String singleQuoted) throws PusherException {
        return codec.decode(Unpooled.wrappedBuffer(json(singleQuoted)));
    }

    private PusherException refused(String singleQuoted) {
        return assertThrows(PusherException.class, () -> read(singleQuoted), singleQuoted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'event':'subscribe','data':{'channel':'x'}} | Unsupported event received on socket: subscribe",
                "{'event':'pusher:subscription_succeeded'} | Unsupported event received on socket: pusher:subscription_succeeded",
                "{'event':'xclient-typing','channel':'private-x','data':{}} | Unsupported event received on socket: xclient-typing",
                "{'event':''} | Unsupported event received on socket:",
                "{} | Invalid message: expected an \"event\"",
                "{'event':null} | Invalid message: expected an \"event\"",
                "{'event':7} | Invalid message: expected \"event\" to be a string",
                "{'event':'client-x','channel':['private-x'],'data':1} | Invalid message: expected \"channel\" to be a string",
                "[] | Invalid message: expected a JSON object with an \"event\"",
                "'pusher:ping' | Invalid message: expected a JSON object with an \"event\"",
                "{'event':'pusher:ping'}{} | Invalid message: expected one JSON object, but more follows it",
                "{'event':'pusher:ping','event':'pusher:pong'} | Invalid JSON: Duplicate field 'event'",
                "{'event':'pusher:subscribe'} | pusher:subscribe needs \"data\"",
                "{'event':'pusher:subscribe','data':null} | Invalid data of pusher:subscribe: expected an object",
                "{'event':'pusher:subscribe','data':'x'} | Invalid JSON: ",
                "{'event':'pusher:subscribe','data':''} | Invalid data of pusher:subscribe: expected an object",
                "{'event':'pusher:subscribe','data':'{} {}'} | Invalid data of pusher:subscribe: expected one object, but more follows it",
                "{'event':'pusher:subscribe','data':{}} | pusher:subscribe needs \"channel\" in its data",
                "{'event':'pusher:subscribe','data':{'channel':''}} | pusher:subscribe needs \"channel\" in its data",
                "{'event':'pusher:subscribe','data':{'channel':7}} | Invalid message: expected \"channel\" to be a string",
                "{'event':'pusher:subscribe','data':{'channel':'a b'}} | Invalid channel name: 'a b', expected 1 to 164 characters",
                "{'event':'pusher:subscribe','data':{'channel':'presence-x','channel_data':{'user_id':'1'}}} | Invalid message: expected \"channel_data\" to be a string",
                "{'event':'pusher:unsubscribe','data':{}} | pusher:unsubscribe needs \"channel\" in its data",
                "{'event':'pusher:unsubscribe','data':{'channel':'#x'}} | Invalid channel name: '#x'",
                "{'event':'pusher:signin','data':{'user_data':'{}'}} | pusher:signin needs \"auth\" in its data",
                "{'event':'pusher:signin','data':{'auth':'k:s'}} | pusher:signin needs \"user_data\" in its data",
                "{'event':'client-x','channel':'private-x'} | Invalid client event (must contain channel and data)",
                "{'event':'client-x','data':{}} | Invalid client event (must contain channel and data)",
                "{'event':'client-x','channel':'a:b','data':{}} | Invalid channel name: 'a:b'",
                "{'event':'client-x','channel':'my-channel','data':{}} | Client event rejected - only supported on private and presence channels",
                "{'event':'client-x','channel':'xprivate-x','data':{}} | Client event rejected - only supported on private and presence channels",
                "{'event':'client-x','channel':'#server-to-user-7','data':{}} | Client event rejected - only supported on private and presence channels"
            })
    void badMessage_isRefusedWithItsCause(String message, String explanation) {
        PusherException refusal = refused(message);
        assertTrue(refusal.explanation().startsWith(explanation), refusal.explanation());
        assertNull(refusal.code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{'event':'pusher:ping'",
                "{'event':pusher}",
                "{event:'pusher:ping'}",
                "{'event':'pusher:ping',}",
                "{'event':'a\nb'}",
                "nul",
                "{'event':'client-x','channel':'private-x','data':01}",
                "{'event':'client-x','channel':'private-x','data':NaN}",
                "{'event':'client-x','channel':'private-x','data':{'a':1,'a':2}}"
            })
    void malformedJson_isRefused(String message) {
        assertInstanceOf(PusherServerMessage.Failed.class, refused(message).toMessage());
    }

    @Test
    void nesting_isBounded() throws PusherException {
        String message = "{'event':'client-x','channel':'private-x','data':%s}";
        assertInstanceOf(ClientEvent.class, read(message.formatted("[".repeat(31) + "]".repeat(31))));
        refused(message.formatted("[".repeat(32) + "]".repeat(32)));
        refused(message.formatted("[".repeat(50_000)));
    }

    @Test
    void unknownFields_areSkippedWhereverTheyStand() throws PusherException {
        assertEquals(
                new Subscribe(new PusherChannel("x"), null, null),
                read("{'a':[{}],'data':{'z':{'channel':'y'},'channel':'x','b':null},'event':'pusher:subscribe'}"));
    }

    @Test
    void signedStrings_areKeptToTheByte() throws PusherException {
        String channelData = "{ \"user_id\" : \"ü\\u0031\" , \"x\":\"</>\u2028\" }\n";
        String escaped = channelData.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        byte[] message = ("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-x\",\"auth\":\"k:s\","
                        + "\"channel_data\":\"" + escaped + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        assertEquals(
                new Subscribe(new PusherChannel("presence-x"), "k:s", channelData),
                codec.decode(Unpooled.wrappedBuffer(message)));
    }

    @Test
    void emptyAuthAndData_areNone() throws PusherException {
        assertEquals(
                new Subscribe(new PusherChannel("presence-x"), null, null),
                read("{'event':'pusher:subscribe','data':{'channel':'presence-x','auth':'','channel_data':''}}"));
        assertEquals(
                new Subscribe(new PusherChannel("presence-x"), null, null),
                read("{'event':'pusher:subscribe','data':{'channel':'presence-x','auth':null,'channel_data':null}}"));
    }

    @Test
    void halfASurrogatePair_isRefusedInWhatIsSigned() {
        String half = "\\ud800";
        assertEquals(
                "Invalid channel_data: expected Unicode text, but half a surrogate pair is in it",
                refused("{'event':'pusher:subscribe','data':{'channel':'presence-x','auth':'k:s','channel_data':'{"
                                + half + "}'}}")
                        .explanation());
        assertEquals(
                "Invalid user_data: expected Unicode text, but half a surrogate pair is in it",
                refused("{'event':'pusher:signin','data':{'auth':'k:s','user_data':'" + half + "'}}")
                        .explanation());
    }

    @Test
    void invalidChannel_isToldAsASubscriptionError() {
        var error = assertInstanceOf(
                PusherServerMessage.SubscriptionError.class,
                refused("{'event':'pusher:subscribe','data':{'channel':'a b'}}").toMessage());
        assertEquals("a b", error.channel());
        assertEquals("InvalidChannel", error.type());
        assertEquals(400, error.status());
        assertInstanceOf(
                PusherServerMessage.Failed.class,
                refused("{'event':'pusher:unsubscribe','data':{'channel':'a b'}}")
                        .toMessage());
    }

    @Test
    void channelNames_areAsLongAsTheAppAllows() throws PusherException {
        String name = "x".repeat(165);
        String message = "{'event':'pusher:unsubscribe','data':{'channel':'" + name + "'}}";
        refused(message);
        var generous = new PusherCodec(new PusherLimits(165, 10_240, 1_024));
        assertEquals(
                new PusherClientMessage.Unsubscribe(new PusherChannel(name)),
                generous.decode(Unpooled.wrappedBuffer(json(message))));
    }

    @Test
    void clientEvents_takeAnyDataThatIsThere() throws PusherException {
        for (String data : new String[] {"{'a':[1]}", "[]", "'text'", "7", "-1.5e3", "true", "null", "''"}) {
            var event = assertInstanceOf(
                    ClientEvent.class, read("{'event':'client-x','data':" + data + " ,'channel':'presence-x'}"));
            assertEquals(Golden.raw(data), event.data());
        }
    }

    @Test
    void clientEvent_isBoundedByItsNameAndByWhatItsDataSays() throws PusherException {
        String named = "{'event':'%s','channel':'private-x','data':{}}";
        read(named.formatted("client-" + "x".repeat(193)));
        PusherException longName = refused(named.formatted("client-" + "x".repeat(194)));
        assertEquals("Event name too long (201 > 200)", longName.explanation());
        assertEquals(PusherCode.CLIENT_EVENT_REFUSED, longName.code());

        String message = "{'event':'client-x','channel':'private-x','data':%s}";
        read(message.formatted("'" + "x".repeat(10_240) + "'"));
        read(message.formatted("'" + "\\u0078".repeat(10_240) + "'"));
        read(message.formatted("'" + "\\ud83d\\ude80".repeat(2_560) + "'"));
        read(message.formatted("['" + "x".repeat(10_236) + "']"));
        for (String data : new String[] {
            "'" + "x".repeat(10_241) + "'", "'" + "é".repeat(5_121) + "'", "['" + "x".repeat(10_237) + "']"
        }) {
            PusherException tooLarge = refused(message.formatted(data));
            assertEquals(PusherCode.CLIENT_EVENT_REFUSED, tooLarge.code());
            assertTrue(tooLarge.explanation()
                    .startsWith("The data content of this event exceeds the allowed maximum (10240 bytes)."));
        }
    }

    @Test
    void errors_citeNoMoreThanTheyMust() {
        String name = "x".repeat(5_000);
        assertTrue(refused("{'event':'" + name + "'}").explanation().length() < 300);
        assertTrue(refused("{'event':'pusher:subscribe','data':{'channel':'" + name + "'}}")
                        .explanation()
                        .length()
                < 300);
    }

    @Test
    void secrets_areNotPrinted() {
        assertEquals("Signin[]", new Signin("k:secret", "{}").toString());
        assertEquals("Subscribe[channel=x]", new Subscribe(new PusherChannel("x"), "k:secret", null).toString());
    }
}
