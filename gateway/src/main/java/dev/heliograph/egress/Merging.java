package dev.heliograph.egress;

import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.codec.JsonMerge;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * What each {@link MergeRule} makes of two publications. Stateless.
 *
 * <p>A client may lose its connection between any two publications, and goes on behind the one it has: with what comes behind that, as it was published. So nothing may be
 * taken from a place and said only at a later one, unless what is published there says it anyway, or nothing of the channel stands between.
 */
public final class Merging {
    private static final Object WHOLE_CHANNEL = new Object();
    private static final String CREATED = "entity:created";
    private static final String UPDATED = "entity:updated";
    private static final String DELETED = "entity:deleted";

    private Merging() {}

    /** Publications of one channel with equal keys may merge; null: this one does not. */
    public static @Nullable Object key(MergeRule rule, Publication publication) {
        return switch (rule) {
            case NONE -> null;
            case LATEST, SUMMED -> WHOLE_CHANNEL;
            case KEYED, ENTITY, SHALLOW -> publication.key();
        };
    }

    /**
     * Two publications, each at its place.
     *
     * @param older what is still to be said of it; null: nothing, the newer one stands for it
     */
    public record Both(@Nullable Publication older, Publication newer) {}

    /**
     * What has to be said of both; null: everything, and nothing older merges with the newer one either.
     *
     * @param adjacent whether nothing of the channel stands between them, as it always is with equal keys of {@link MergeRule#SUMMED}
     */
    public static @Nullable Both merge(MergeRule rule, Publication older, Publication newer, boolean adjacent) {
        return switch (rule) {
            case NONE -> null;
            case LATEST, KEYED -> new Both(null, newer);
            case ENTITY -> entity(older, newer, adjacent);
            case SHALLOW ->
                adjacent
                        ? one(newer, newer.name(), JsonMerge.shallow(older.data(), newer.data()))
                        : shallow(older, newer);
            case SUMMED -> one(newer, newer.name(), JsonMerge.summed(older.data(), newer.data()));
        };
    }

    private static @Nullable Both one(Publication newer, String name, @Nullable RawJson data) {
        return data == null ? null : new Both(null, with(newer, name, data));
    }

    private static @Nullable Both entity(Publication older, Publication newer, boolean adjacent) {
        if (newer.name().equals(DELETED)) {
            return new Both(null, newer);
        }
        if (older.name().equals(DELETED)) {
            return null;
        }
        if (!older.name().equals(CREATED) || !newer.name().equals(UPDATED)) {
            return new Both(null, newer);
        }
        return adjacent ? one(newer, CREATED, newer.data()) : new Both(older, newer);
    }

    private static @Nullable Both shallow(Publication older, Publication newer) {
        RawJson left = JsonMerge.without(older.data(), newer.data());
        if (left == null) {
            return null;
        }
        if (left.equals(RawJson.EMPTY_OBJECT)) {
            return new Both(null, newer);
        }
        return new Both(left.equals(older.data()) ? older : with(older, older.name(), left), newer);
    }

    private static Publication with(Publication like, String name, RawJson data) {
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
