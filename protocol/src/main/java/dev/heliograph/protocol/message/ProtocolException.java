package dev.heliograph.protocol.message;

/** A request that cannot be met; its message is told to the client that made it, so it names what was wrong and what was expected. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public ProtocolException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
