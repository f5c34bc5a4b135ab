package dev.heliograph.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients say about presence, as it may be said and as it may not. */
final class PresenceReaderTest {
    private static final NativeCodec CODEC = new NativeCodec();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ClientMessage read(String json) throws DecodeException {
        return CODEC.decode(Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void resource_mayBeNamedByItsChannel() throws DecodeException {
        assertEquals(
                new ClientMessage.PresenceJoin("1", "presence:board", null),
                read("{\"type\":\"presence:join\",\"channel\":\"presence:board\",\"requestId\":\"1\"}"));
        assertEquals(
                new ClientMessage.PresenceHeartbeat(null, "presence:board"),
                read("{\"type\":\"presence:heartbeat\",\"payload\":{\"resource\":\"board\",\"metadata\":null}}"));
    }

    @Test
    void resource_comesBeforeTheChannel() throws DecodeException {
        assertEquals(
                new ClientMessage.PresenceLeave(null, "presence:b"),
                read("{\"type\":\"presence:leave\",\"channel\":\"presence:a\",\"payload\":{\"resource\":\"b\"}}"));
    }

    @Test
    void metadata_ofOneKibibyte_isTaken_andOneByteMoreIsTooLarge() throws DecodeException {
        String most = "{\"a\":\"" + "x".repeat(PresenceUser.METADATA_BYTES_MAX - 8) + "\"}";
        assertEquals(new ClientMessage.PresenceUpdate(null, "presence:a", RawJson.of(most)), read(update(most)));
        DecodeException refused =
                assertThrows(DecodeException.class, () -> read(update(most.replace("\"a\"", "\"ab\""))));
        assertEquals(ErrorCode.TOO_LARGE, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains("1025"), refused::getMessage);
    }

    private static String update(String metadata) {
        return "{\"type\":\"presence:update\",\"payload\":{\"resource\":\"a\",\"metadata\":" + metadata + "}}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"type":"presence:join"}                                                              | resource
                    {"type":"presence:leave","payload":{"resource":null}}                                 | resource
                    {"type":"presence:join","channel":"entity:Task"}                                      | presence:
                    {"type":"presence:join","payload":{"resource":7}}                                     | string
                    {"type":"presence:join","payload":{"resource":"a","metadata":[1]}}                    | object
                    {"type":"presence:join","payload":{"resource":"a","metadata":"x"}}                    | object
                    {"type":"presence:update","payload":{"resource":"a"}}                                 | metadata
                    {"type":"presence:list","payload":{"resource":"a","limit":0}}                         | 500
                    {"type":"presence:list","payload":{"resource":"a","limit":501}}                       | 500
                    {"type":"presence:list","payload":{"resource":"a","limit":99999999999}}               | 500
                    {"type":"presence:list","payload":{"resource":"a","after":"x"}}                       | next
                    {"type":"presence:list","payload":{"resource":"a","after":3}}                         | string
                    """)
    void whatIsWrong_isNamed(String json, String named) {
        DecodeException refused = assertThrows(DecodeException.class, () -> read(json));
        assertEquals(ErrorCode.BAD_MESSAGE, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains(named), refused::getMessage);
    }

    /** Ours say more, but nothing of theirs is missing or has another name. */
    @Test
    void sync_hasEveryFieldOfTheExampleOfClientsThatCameBefore() throws JsonProcessingException {
        JsonNode example = JSON.readTree("""
                {"type": "presence:sync", "channel": "presence:workspace/tasks",
                 "payload": {"users": [
                   {"id": "user1", "name": "Alice", "lastSeen": 1701234560000},
                   {"id": "user2", "name": "Bob", "lastSeen": 1701234567000}]},
                 "timestamp": 1701234567890}
                """);
        var users = List.of(
                new PresenceUser("user1", "Alice", 1701234560000L, 1, 1, RawJson.EMPTY_OBJECT),
                new PresenceUser("user2", "Bob", 1701234567000L, 2, 1, RawJson.EMPTY_OBJECT));
        var sync = new ServerMessage.PresenceSync("presence:workspace/tasks", new PresenceState(users, 2));
        assertHolds(example, JSON.readTree(new String(CODEC.encode(sync, 1701234567890L), StandardCharsets.UTF_8)));
    }

    private static void assertHolds(JsonNode example, JsonNode actual) {
        if (!example.isContainerNode()) {
            assertEquals(example, actual);
        }
        example.properties().forEach(field -> assertHolds(field.getValue(), actual.path(field.getKey())));
        for (int i = 0; example.isArray() && i < example.size(); i++) {
            assertHolds(example.get(i), actual.path(i));
        }
    }
}
