package dev.heliograph.protocol.message;

import java.util.List;

/**
 * Who is in a presence channel, as one {@code presence:sync} says it. Source: docs/PROTOCOL.md, "Presence".
 *
 * @param users all members; none if they are too many to be told at once
 * @param count how many members there are
 */
public record PresenceState(List<PresenceUser> users, int count) {
    public static final PresenceState EMPTY = new PresenceState(List.of(), 0);

    public PresenceState {
        users = List.copyOf(users);
    }

    /** Whether only the count is told. */
    public boolean partial() {
        return users.size() < count;
    }

    /** The payload. */
    public RawJson toJson() {
        var out = new JsonBytes(64 + 256 * users.size());
        writeUsers(out, users).raw(",\"count\":").number(count);
        return out.raw(partial() ? ",\"partial\":true}" : "}").toJson();
    }

    /** Leaves the object open. */
    static JsonBytes writeUsers(JsonBytes out, List<PresenceUser> users) {
        out.raw("{\"users\":[");
        for (int i = 0; i < users.size(); i++) {
            out.raw(i == 0 ? "" : ",");
            users.get(i).writeTo(out);
        }
        return out.raw("]");
    }
}
