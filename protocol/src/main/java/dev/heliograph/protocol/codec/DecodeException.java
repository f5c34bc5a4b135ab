package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A client's message that cannot be understood; answered with an {@code error}, the connection stays open. */
public final class DecodeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String requestId;

    /** @param requestId of the message, if it could be read */
    public DecodeException(ErrorCode code, String message, @Nullable String requestId) {
        super(message, null, false, false);
        this.code = code;
        this.requestId = requestId;
    }

    public ErrorCode code() {
        return code;
    }

    public @Nullable String requestId() {
        return requestId;
    }
}
