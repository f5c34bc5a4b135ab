package dev.heliograph.loadtest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Recorder;

/**
 * What one subscriber has received, held against what was posted: no gap, no repeat, nothing late. The posts carry their
 * number and their time in the message id. One virtual user at a time; the recorder is shared.
 */
final class Ledger {
    private static final long LATENCY_MS_MAX = 60_000;

    private final Pattern messageId;
    private final int last;
    private final int p99Ms;
    private final Recorder latenciesMs;
    private int received;
    private int next = -1;
    private int late;
    private String fault = "";

    /**
     * @param run what tells this run's events from all others
     * @param last the number of the last event that will be posted
     */
    Ledger(String run, int last, int p99Ms, Recorder latenciesMs) {
        this.messageId = Pattern.compile("\"message_id\":\"" + Pattern.quote(run) + "-([a-j]+)-([a-j]+)\"");
        this.last = last;
        this.p99Ms = p99Ms;
        this.latenciesMs = latenciesMs;
    }

    /** The message id of event {@code number}, posted now. Without digits: so many could be a card number, and are hashed. */
    static String messageId(String run, int number, long nowMs) {
        return run + "-" + letters(number) + "-" + letters(nowMs);
    }

    /** A number with a for 0 to j for 9. */
    static String letters(long number) {
        return Long.toString(number)
                .chars()
                .map(digit -> digit - '0' + 'a')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static long number(String letters) {
        long number = 0;
        for (int i = 0; i < letters.length(); i++) {
            number = number * 10 + letters.charAt(i) - 'a';
        }
        return number;
    }

    /** Notes a frame; any that is no event of this run is none of ours. */
    void note(String frame, long arrivedMs) {
        Matcher match = messageId.matcher(frame);
        if (!match.find()) {
            return;
        }
        int number = (int) number(match.group(1));
        if (next >= 0 && number != next && fault.isEmpty()) {
            fault = "event " + number + " came where " + next + " was due";
        }
        next = number + 1;
        received++;
        long latencyMs = Math.clamp(arrivedMs - number(match.group(2)), 0, LATENCY_MS_MAX);
        latenciesMs.recordValue(latencyMs);
        if (latencyMs > p99Ms) {
            late++;
        }
    }

    boolean isComplete() {
        return next > last;
    }

    /** What is wrong; empty if nothing is. */
    String verdict() {
        if (!fault.isEmpty()) {
            return fault;
        }
        if (!isComplete()) {
            return "the last event, " + last + ", never came; the next one due was " + next;
        }
        if (late * 100 > received) {
            return late + " of " + received + " events took longer than " + p99Ms + " ms";
        }
        return "";
    }
}
