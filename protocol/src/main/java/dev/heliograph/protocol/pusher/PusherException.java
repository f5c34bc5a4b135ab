package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.pusher.PusherServerMessage.Failed;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionError;
import org.jspecify.annotations.Nullable;

/**
 * A client's message that cannot be understood or obeyed; answered with {@link #toMessage}, the connection stays open. Where hosted Pusher's text is known, it is
 * used.
 */
public final class PusherException extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable PusherCode code;
    private final @Nullable String channel;
    private final String type;
    private final int status;
    private final String explanation;

    private PusherException(
            @Nullable PusherCode code, @Nullable String channel, String type, int status, String explanation) {
        super(explanation, null, false, false);
        this.code = code;
        this.channel = channel;
        this.type = type;
        this.status = status;
        this.explanation = explanation;
    }

    /** @param code null where hosted Pusher gives none, which is nearly everywhere */
    public PusherException(@Nullable PusherCode code, String explanation) {
        this(code, null, "", 0, explanation);
    }

    PusherException(String explanation) {
        this(null, explanation);
    }

    /** A subscription to something that is no channel. */
    static PusherException noChannel(String name, String explanation) {
        return new PusherException(null, name, "InvalidChannel", ApiException.BAD_REQUEST, explanation);
    }

    /** A subscription without what it takes. */
    public static PusherException unauthorized(PusherChannel channel, String explanation) {
        return new PusherException(null, channel.name(), "AuthError", ApiException.UNAUTHORIZED, explanation);
    }

    /** A subscription for which there is no room. */
    public static PusherException overLimit(PusherChannel channel, String explanation) {
        return new PusherException(null, channel.name(), "LimitReached", ApiException.FORBIDDEN, explanation);
    }

    /** A subscription that cannot be made now, for no fault of the client's. */
    public static PusherException unavailable(PusherChannel channel, String explanation) {
        return new PusherException(null, channel.name(), "Unavailable", ApiException.UNAVAILABLE, explanation);
    }

    public @Nullable PusherCode code() {
        return code;
    }

    /** What was wrong and what was expected. */
    public String explanation() {
        return explanation;
    }

    /** What tells the client: a subscription error if it was a subscription that failed, else a {@code pusher:error}. */
    public PusherServerMessage toMessage() {
        return channel == null
                ? new Failed(code, explanation)
                : new SubscriptionError(channel, type, explanation, status);
    }
}
