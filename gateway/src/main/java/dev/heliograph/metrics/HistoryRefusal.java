package dev.heliograph.metrics;

import java.util.Locale;

/** Why something that is to be kept on disk was not published. */
public enum HistoryRefusal implements Label {
    /** Too much waits for the disk already. */
    BEHIND,
    /** A commit has failed; nothing is written until a restart. */
    FAILED;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
