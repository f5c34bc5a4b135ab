package dev.heliograph.egress;

import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.codec.JsonMerge;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import org.jspecify.annotations.Nullable;

/** What each {@link MergeRule} makes of two publications. Stateless. */
public final class Merging {
    private static final Object WHOLE_CHANNEL = new Object();
    private static final String CREATED = "entity:created";
    private static final String UPDATED = "entity:updated";
    private static final String DELETED = "entity:deleted";

    private Merging() {}

    /** Publications of one channel with equal keys may become one; null: this one does not. */
    public static @Nullable Object key(MergeRule rule, Publication publication) {
        return switch (rule) {
            case NONE -> null;
            case LATEST -> WHOLE_CHANNEL;
            case KEYED, ENTITY, SHALLOW, SUMMED -> publication.key();
        };
    }

    /** What both say, at the place of the newer; null: each has to be said. */
    public static @Nullable Publication merge(MergeRule rule, Publication older, Publication newer) {
        return switch (rule) {
            case NONE -> null;
            case LATEST, KEYED -> newer;
            case ENTITY -> entity(older, newer);
            case SHALLOW -> with(newer, newer.name(), JsonMerge.shallow(older.data(), newer.data()));
            case SUMMED -> with(newer, newer.name(), JsonMerge.summed(older.data(), newer.data()));
        };
    }

    private static @Nullable Publication entity(Publication older, Publication newer) {
        boolean deleted = older.name().equals(DELETED);
        return switch (newer.name()) {
            case DELETED -> newer;
            case UPDATED -> deleted ? null : older.name().equals(CREATED) ? with(newer, CREATED, newer.data()) : newer;
            default -> deleted ? null : newer;
        };
    }

    private static @Nullable Publication with(Publication like, String name, @Nullable RawJson data) {
        if (data == null) {
            return null;
        }
        var draft = new Draft(
                like.channel(),
                name,
                data,
                like.key(),
                like.subject(),
                like.acceptedNanos(),
                like.sender(),
                like.ownType());
        return new Publication(draft, like.position(), like.timestampMs());
    }
}
