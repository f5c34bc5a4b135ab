package dev.heliograph.session;

import org.jspecify.annotations.Nullable;

/**
 * Where a connection comes from, as its upgrade request said.
 *
 * @param origin the {@code Origin} header; null for a client that is not a browser
 * @param host the {@code Host} header
 */
public record RequestOrigin(
        @Nullable String origin, @Nullable String host) {}
