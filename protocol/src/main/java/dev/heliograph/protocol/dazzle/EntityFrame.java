package dev.heliograph.protocol.dazzle;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publications as {@code entity:…} with the payload {@code {id, entityName, data, userId}}: what has become of an entity, and every other event, because that
 * client calls back nobody about other types.
 */
final class EntityFrame {
    private static final String ENTITY = "entity:";
    private static final String DELETED = "entity:deleted";
    private static final String CREATED = "entity:created";
    /** What ingested events are published as. Whoever has a write key chooses their names, so their channels lie below this one, where no entity's records are. */
    private static final String INGESTED = "segment-event";

    private static final List<String> ID = List.of("id");

    private EntityFrame() {}

    static byte[] ofEntity(Publication publication) {
        OwnType ownType = publication.ownType();
        RawJson meta = ownType == null || ownType.meta() == null ? RawJson.EMPTY_OBJECT : ownType.meta();
        FieldsOf said = FieldsOf.object(meta, List.of("id", "entity", "userId"));
        boolean deleted = publication.name().equals(DELETED);
        return frame(
                publication,
                publication.name(),
                publication.channel().name(),
                said.orNull("id"),
                said.orNull("entity"),
                deleted ? RawJson.NULL : withId(publication.data(), said.get("id")),
                said.orNull("userId"));
    }

    static byte[] ofEvent(Publication publication) {
        FieldsOf said = FieldsOf.object(publication.data(), List.of("id", "message_id", "event_name", "user"));
        boolean ingested = publication.name().equals(INGESTED);
        String channel = publication.channel().name();
        String event = ingested ? said.text("event_name") : null;
        RawJson ownId = said.id("id");
        RawJson id = ownId != null ? ownId : said.id("message_id");
        RawJson known = id != null ? id : positionOf(publication);
        return frame(
                publication,
                CREATED,
                event == null ? channel : channelOf(event),
                known,
                quoted(event != null ? event : entityOf(channel, publication.name())),
                withId(publication.data(), known),
                ingested ? said.orNull("user") : RawJson.NULL);
    }

    private static byte[] frame(
            Publication publication,
            String type,
            String channel,
            RawJson id,
            RawJson entity,
            RawJson data,
            RawJson user) {
        JsonBytes out =
                AnswerFrame.open(data.length() + channel.length() + 256, type, publication.timestampMs(), channel);
        out.raw(",\"payload\":{\"id\":").raw(id);
        out.raw(",\"entityName\":").raw(entity);
        out.raw(",\"data\":").raw(data);
        return out.raw(",\"userId\":").raw(user).raw("}}").toBytes();
    }

    private static RawJson quoted(String text) {
        return new JsonBytes(text.length() + 2).string(text).toJson();
    }

    /** What is unlike that of every other event. */
    private static RawJson positionOf(Publication publication) {
        return quoted(publication.position().epoch() + "-" + publication.offset());
    }

    /** Of {@code entity:Task} and {@code entity:Task:42}: Task. */
    private static String entityOf(String channel, String name) {
        if (!channel.startsWith(ENTITY)) {
            return name;
        }
        int end = channel.indexOf(':', ENTITY.length());
        return channel.substring(ENTITY.length(), end < 0 ? channel.length() : end);
    }

    /** That of an event's name: what cannot stand in a channel's name becomes {@code _}. */
    private static String channelOf(String event) {
        var channel = new StringBuilder(ENTITY).append(INGESTED).append(':');
        for (int i = 0; i < event.length(); i++) {
            String character = event.substring(i, i + 1);
            channel.append(ChannelId.isValidName(character) ? character : "_");
        }
        channel.setLength(Math.min(channel.length(), ChannelId.NAME_LENGTH_MAX));
        return channel.toString();
    }

    /** That client takes two records without an id for the same one. */
    private static RawJson withId(RawJson data, @Nullable RawJson id) {
        if (id == null || data.utf8()[0] != '{' || FieldsOf.object(data, ID).has("id")) {
            return data;
        }
        var out = new JsonBytes(data.length() + id.length() + 8).raw("{\"id\":").raw(id);
        int rest = firstField(data.utf8());
        if (data.utf8()[rest] != '}') {
            out.raw(',');
        }
        return out.raw(data.utf8(), rest, data.length()).toJson();
    }

    private static int firstField(byte[] object) {
        int at = 1;
        while (object[at] <= ' ') {
            at++;
        }
        return at;
    }
}
