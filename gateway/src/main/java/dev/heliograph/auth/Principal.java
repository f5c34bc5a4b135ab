package dev.heliograph.auth;

import org.jspecify.annotations.Nullable;

/**
 * Who a connection speaks for.
 *
 * @param workspace decided by the key that verified the token
 * @param userId the token's subject; null for an anonymous connection
 * @param name what presence shows
 * @param tokenId the token's {@code jti}
 * @param expiresAtMs milliseconds since the epoch; {@link Long#MAX_VALUE} for an anonymous connection
 */
public record Principal(
        String workspace,
        @Nullable String userId,
        @Nullable String name,
        @Nullable String tokenId,
        Grants grants,
        long expiresAtMs) {}
