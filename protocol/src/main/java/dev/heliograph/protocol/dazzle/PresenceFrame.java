package dev.heliograph.protocol.dazzle;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.ServerMessage.PresenceSync;
import java.time.Instant;
import java.util.List;

/** Who is there, as entries {@code {userId, userName, resource, joinedAt, lastSeen, metadata}}; times are ISO 8601. */
final class PresenceFrame {
    private static final List<String> USER = List.of("id", "name", "joinedAt", "lastSeen", "metadata");

    private PresenceFrame() {}

    static byte[] ofState(PresenceSync sync, long nowMs) {
        return sync(sync.channel(), sync.state().toJson(), nowMs);
    }

    static byte[] ofChange(Publication publication) {
        String channel = publication.channel().name();
        long nowMs = publication.timestampMs();
        return switch (publication.name()) {
            case "presence:sync" -> sync(channel, publication.data(), nowMs);
            case "presence:leave" -> {
                JsonBytes out = AnswerFrame.open(256, "presence:leave", nowMs, channel);
                FieldsOf user = FieldsOf.object(publication.data(), USER);
                named(out.raw(",\"payload\":"), user);
                yield out.raw("}}").toBytes();
            }
            // an update, too: for that client one who joins again is one of whom more is known
            default -> {
                JsonBytes out = AnswerFrame.open(512, "presence:join", nowMs, channel);
                entry(out.raw(",\"payload\":"), channel, publication.data());
                yield out.raw('}').toBytes();
            }
        };
    }

    /** @param state as {@link PresenceState#toJson} has it */
    private static byte[] sync(String channel, RawJson state, long nowMs) {
        FieldsOf said = FieldsOf.object(state, List.of("users", "count", "partial"));
        JsonBytes out = AnswerFrame.open(state.length() + 256, "presence:sync", nowMs, channel);
        out.raw(",\"payload\":{\"users\":[");
        String comma = "";
        for (RawJson user : FieldsOf.objects(said.orNull("users"))) {
            entry(out.raw(comma), channel, user);
            comma = ",";
        }
        out.raw("],\"count\":").raw(said.orNull("count"));
        return out.raw(said.get("partial") == null ? "}}" : ",\"partial\":true}}")
                .toBytes();
    }

    private static void entry(JsonBytes out, String channel, RawJson user) {
        FieldsOf said = FieldsOf.object(user, USER);
        named(out, said);
        out.raw(",\"resource\":").string(channel.substring(ChannelId.PRESENCE_PREFIX.length()));
        out.raw(",\"joinedAt\":").string(time(said.number("joinedAt")));
        out.raw(",\"lastSeen\":").string(time(said.number("lastSeen")));
        out.raw(",\"metadata\":").raw(said.orNull("metadata")).raw('}');
    }

    /** Leaves the object open. */
    private static void named(JsonBytes out, FieldsOf user) {
        out.raw("{\"userId\":").raw(user.orNull("id")).raw(",\"userName\":").raw(user.orNull("name"));
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }
}
