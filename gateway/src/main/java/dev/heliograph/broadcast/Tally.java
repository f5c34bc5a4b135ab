package dev.heliograph.broadcast;

/** How many publications a group was sent, and how many it was not, and why. Confined to the loop. */
final class Tally {
    long sent;
    /** Its subscribers' tokens do not allow them. */
    long withheld;
    /** The filter does not take them. */
    long filtered;
    /** The sample rate leaves them out. */
    long sampled;
    /** Others stand for them, because of the rate. */
    long skipped;

    void set(Tally other) {
        sent = other.sent;
        withheld = other.withheld;
        filtered = other.filtered;
        sampled = other.sampled;
        skipped = other.skipped;
    }
}
