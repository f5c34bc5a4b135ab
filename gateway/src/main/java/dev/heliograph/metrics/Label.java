package dev.heliograph.metrics;

/** A cause that is counted: an enum whose constants are a metric's label values, so that labels stay few and known. */
public interface Label {
    /** The label's value. */
    String label();

    /** The label's name. */
    default String key() {
        return "reason";
    }
}
