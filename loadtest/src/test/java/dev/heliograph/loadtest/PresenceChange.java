package dev.heliograph.loadtest;

import java.util.Map;

/**
 * What a gateway has told of the members of a channel. Immutable.
 *
 * @param members what each says of itself, by user id
 */
record PresenceChange(Kind kind, Map<String, String> members) {
    enum Kind {
        /** These and no others are there. */
        ALL,
        CAME,
        LEFT,
        /** Only how many are there was told. */
        COUNT_ONLY
    }

    PresenceChange {
        members = Map.copyOf(members);
    }
}
