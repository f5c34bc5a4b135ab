package dev.heliograph.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * What a repository says about a record of its own that it has created, updated or deleted.
 *
 * @param data the record itself, an object
 * @param dataId the {@code id} within it, as text
 * @param version of the record, 0 or more
 * @param mutationId by which the client that asked for the change knows it again
 * @param userId who made the change
 * @param id makes telling it idempotent
 */
public record EntityChange(
        @Nullable RawJson data,
        @Nullable String dataId,
        @Nullable Long version,
        @Nullable String mutationId,
        @Nullable String userId,
        @Nullable String id) {
    /** Nothing is said. */
    public static final EntityChange NONE = new EntityChange(null, null, null, null, null, null);
}
