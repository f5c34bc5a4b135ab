package dev.heliograph.presence;

import dev.heliograph.protocol.message.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * A connection that comes, and what it says of its user.
 *
 * @param id two members are one if their ids are equal
 * @param metadata null: nothing
 * @param again whether it said that some time ago, so that what another connection has said counts for more
 */
record Arrival(String id, @Nullable String name, @Nullable RawJson metadata, boolean again) {}
