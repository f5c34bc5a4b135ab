package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.ServerMessage;
import org.jspecify.annotations.Nullable;

/** The books of one watch session: what it was sent since it began, and what it was not. Its group counts for all of its subscribers. Confined to the loop. */
final class Watch {
    private final String id;
    /** While it caught up. */
    private final Tally own = new Tally();
    /** What the group had counted before it joined. */
    private final Tally before = new Tally();

    private @Nullable Tally group;
    private ServerMessage.@Nullable Stats told;

    Watch(String id) {
        this.id = id;
    }

    void onMissed(Selection.Verdict verdict) {
        switch (verdict) {
            case TAKEN -> own.sent++;
            case WITHHELD -> {
                /* it is not to know how many there are */
            }
            case FILTERED -> own.filtered++;
            case SAMPLED -> own.sampled++;
        }
    }

    void onJoined(Tally group) {
        this.group = group;
        before.set(group);
    }

    ServerMessage.@Nullable Stats news(String channel) {
        Tally live = group == null ? before : group;
        var stats = new ServerMessage.Stats(
                channel,
                id,
                own.sent + live.sent - before.sent,
                own.filtered + live.filtered - before.filtered,
                own.sampled + live.sampled - before.sampled,
                own.skipped + live.skipped - before.skipped);
        if (stats.equals(told)) {
            return null;
        }
        told = stats;
        return stats;
    }
}
