package dev.heliograph.config;

/** A certificate or a private key that cannot be used. Shows nothing of the key. */
public final class TlsIdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String problem;

    TlsIdentityException(String key, String problem) {
        super("server.tls." + key + ": " + problem);
        this.key = key;
        this.problem = problem;
    }

    /** The setting below {@code server.tls} that is to blame. */
    String key() {
        return key;
    }

    /** What is wrong and what was expected. */
    String problem() {
        return problem;
    }
}
