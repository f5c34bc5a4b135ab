package dev.heliograph.metrics;

/** The first digit of an HTTP answer's status. */
public enum StatusClass implements Label {
    INFORMATIONAL("1xx"),
    SUCCESS("2xx"),
    REDIRECTION("3xx"),
    CLIENT_ERROR("4xx"),
    SERVER_ERROR("5xx");

    private static final StatusClass[] BY_DIGIT = values();
    private final String label;

    StatusClass(String label) {
        this.label = label;
    }

    /** @param status 100 to 599 */
    public static StatusClass of(int status) {
        return BY_DIGIT[status / 100 - 1];
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String key() {
        return "status";
    }
}
