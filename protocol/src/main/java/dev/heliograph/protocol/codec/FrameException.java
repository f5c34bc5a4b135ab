package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.CloseCode;

/**
 * A client broke a rule of RFC 6455 or a limit: the connection ends with this code, and the message is the Close frame's reason.
 *
 * <p>It carries no stack trace, so that hostile input costs nothing to refuse.
 */
public final class FrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final CloseCode code;

    FrameException(CloseCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    static FrameException protocolError(String message) {
        return new FrameException(CloseCode.PROTOCOL_ERROR, message);
    }

    static FrameException tooBig(String message) {
        return new FrameException(CloseCode.TOO_BIG, message);
    }

    static FrameException notUtf8() {
        return new FrameException(CloseCode.INVALID_DATA, "text is not valid UTF-8");
    }

    /** The code of the Close frame to answer with. */
    public CloseCode code() {
        return code;
    }
}
