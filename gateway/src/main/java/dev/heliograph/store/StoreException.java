package dev.heliograph.store;

import java.io.IOException;

/** The store cannot be opened, read or written; the message says to an operator where it is and what to do. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1;

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
