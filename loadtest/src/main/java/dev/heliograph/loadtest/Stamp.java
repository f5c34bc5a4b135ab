package dev.heliograph.loadtest;

/**
 * The mark that a publication of ours carries: {@code run-number-time}. Without digits: so many could be a card number,
 * which a gateway redacts. Immutable.
 *
 * @param run what tells this run's publications from all others: lower-case letters and dashes
 * @param number of the publication, from 0
 * @param sentMicros when it was due, on the sender's clock; not negative
 */
public record Stamp(String run, long number, long sentMicros) {
    public Stamp {
        if (number < 0 || sentMicros < 0) {
            throw new IllegalArgumentException("number " + number + ", sent " + sentMicros + ": expected 0 or more");
        }
    }

    /** A name for a run that no other run has, as far as the clock can tell. */
    public static String run(String test, long nowMs) {
        return test + "-" + letters(nowMs);
    }

    /** How it stands in a JSON text, without quotes. */
    public String text() {
        return run + "-" + letters(number) + "-" + letters(sentMicros);
    }

    /** A number with a for 0 to j for 9. */
    private static String letters(long number) {
        return Long.toString(number)
                .chars()
                .map(digit -> digit - '0' + 'a')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
