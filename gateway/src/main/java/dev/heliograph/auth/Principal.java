package dev.heliograph.auth;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who a connection speaks for.
 *
 * @param workspace decided by the key that verified the token
 * @param userId the token's subject; null for an anonymous connection
 * @param name what presence shows
 * @param tokenId the token's {@code jti}
 * @param expiresAtMs milliseconds since the epoch; {@link Long#MAX_VALUE} for an anonymous connection
 * @param sessionId the token's {@code sid}: the session at the issuer that the token came from
 * @param issuedAtMs the token's {@code iat} in milliseconds; {@link #ISSUED_UNKNOWN} if it does not say
 */
public record Principal(
        String workspace,
        @Nullable String userId,
        @Nullable String name,
        @Nullable String tokenId,
        Grants grants,
        long expiresAtMs,
        @Nullable String sessionId,
        long issuedAtMs) {
    /** Earlier than every other time: who does not say when a token was issued cannot claim that it was late. */
    public static final long ISSUED_UNKNOWN = Long.MIN_VALUE;

    /** One whose token names no session and no time of issue. */
    public Principal(
            String workspace,
            @Nullable String userId,
            @Nullable String name,
            @Nullable String tokenId,
            Grants grants,
            long expiresAtMs) {
        this(workspace, userId, name, tokenId, grants, expiresAtMs, null, ISSUED_UNKNOWN);
    }

    /**
     * The channel of that name, with which the principal may do this.
     *
     * @throws ProtocolException if it may not, or if there is no channel of such a name
     */
    public ChannelId permit(Operation operation, String channel) {
        var id = ChannelId.named(workspace, channel);
        if (!grants.allows(operation, channel)) {
            throw denied(operation, channel);
        }
        return id;
    }

    /**
     * What of the channel of that name the principal may subscribe to.
     *
     * @throws ProtocolException if that is nothing, or if there is no channel of such a name
     */
    public Grants.Rows rows(String channel) {
        ChannelId.named(workspace, channel);
        Grants.Rows rows = grants.rows(channel);
        if (rows == null) {
            throw denied(Operation.SUBSCRIBE, channel);
        }
        return rows;
    }

    private static ProtocolException denied(Operation operation, String channel) {
        return new ProtocolException(
                ErrorCode.FORBIDDEN,
                "the token does not grant " + operation.name().toLowerCase(Locale.ROOT) + " on " + channel);
    }
}
