package dev.heliograph.protocol.pusher;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A member of a presence channel, as the others see it.
 *
 * @param info an object; empty if none was signed, so that what looks into it finds nothing instead of failing
 */
public record PresenceMember(UserId id, RawJson info) {

    /**
     * Reads what a subscriber's server has signed: {@code {"user_id", "user_info"}}. To be read only when the signature holds.
     *
     * @throws PusherException if it names no user, or tells more of them than the limits allow
     */
    public static PresenceMember read(PusherChannel channel, String channelData, PusherLimits limits)
            throws PusherException {
        byte[] json = channelData.getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = JsonInput.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw PusherException.unauthorized(channel, "Invalid channel_data: expected an object");
            }
            UserId id = null;
            RawJson info = RawJson.EMPTY_OBJECT;
            for (String field = JsonFields.next(parser); field != null; field = JsonFields.next(parser)) {
                switch (field) {
                    case "user_id" -> id = UserId.read(parser);
                    case "user_info" -> info = info(channel, parser, json, limits.userInfoBytesMax());
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw PusherException.unauthorized(
                        channel, "Invalid channel_data: expected one object, but more follows it");
            }
            return new PresenceMember(known(channel, id), info);
        } catch (JsonProcessingException e) {
            throw PusherException.unauthorized(channel, "Invalid channel_data: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw PusherException.unauthorized(channel, "Unreadable channel_data: " + e.getMessage());
        }
    }

    private static UserId known(PusherChannel channel, @Nullable UserId id) throws PusherException {
        if (id == null) {
            throw PusherException.unauthorized(
                    channel, "Invalid user_id supplied to presence subscription - it must be " + UserId.RULE);
        }
        return id;
    }

    private static RawJson info(PusherChannel channel, JsonParser parser, byte[] json, int bytesMax)
            throws IOException, PusherException {
        RawJson info = userInfo(parser, json);
        if (info == null) {
            throw PusherException.unauthorized(
                    channel,
                    "user_info supplied to presence subscription is invalid - if supplied it must be a type of hash");
        }
        if (info.length() > bytesMax) {
            throw PusherException.unauthorized(
                    channel,
                    "user_info supplied to presence subscription is too large (" + info.length() + " > " + bytesMax
                            + " bytes)");
        }
        return info;
    }

    /** The object that the parser stands on, an empty one if it is null; null if it is anything else. */
    static @Nullable RawJson userInfo(JsonParser parser, byte[] json) throws IOException {
        if (JsonFields.isNull(parser)) {
            return RawJson.EMPTY_OBJECT;
        }
        boolean object = parser.currentToken() == JsonToken.START_OBJECT;
        RawJson value = JsonInput.cut(parser, json);
        return object ? value : null;
    }
}
