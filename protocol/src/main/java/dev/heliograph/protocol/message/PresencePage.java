package dev.heliograph.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the members of a presence channel, in the order in which they came.
 *
 * @param next behind which the next page begins; null: this is the last
 * @param count how many members there are in all
 */
public record PresencePage(
        List<PresenceUser> users, @Nullable Long next, int count) {
    public PresencePage {
        users = List.copyOf(users);
    }

    /** The payload. */
    public RawJson toJson() {
        var out = new JsonBytes(64 + 256 * users.size());
        PresenceState.writeUsers(out, users);
        if (next != null) {
            out.raw(",\"next\":\"").number(next).raw("\"");
        }
        return out.raw(",\"count\":").number(count).raw("}").toJson();
    }
}
