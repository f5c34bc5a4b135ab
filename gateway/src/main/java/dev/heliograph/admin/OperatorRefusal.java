package dev.heliograph.admin;

/** What an operator asks for cannot be had; the message says what is wrong and what was expected. */
public final class OperatorRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;

    public OperatorRefusal(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** The request is at fault. */
    public static OperatorRefusal badRequest(String message) {
        return new OperatorRefusal(400, "bad_request", message);
    }

    public static OperatorRefusal notFound(String message) {
        return new OperatorRefusal(404, "not_found", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
