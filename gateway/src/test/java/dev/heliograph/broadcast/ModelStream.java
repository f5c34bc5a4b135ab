package dev.heliograph.broadcast;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * One channel as one connection must see it: behind each answer to a subscription every publication from its position on that its filter lets through and that it has not sent itself, once and
 * in order, or, before anything newer, the notice that it is lost. What was sent before a subscription ended may still come, in order.
 */
final class ModelStream {
    /** A subscription whose answer is on its way: the filter, and where its stream begins. */
    private record Answer(boolean evenOnly, long after) {}

    private record Range(long from, long to) {}

    private final ModelChannel channel;
    private final long connection;
    private final Queue<Answer> answers = new ArrayDeque<>();
    /** What was told to be lost and is not behind us; a notice may overtake another one, and the answer to a subscription. */
    private final List<Range> lost = new ArrayList<>();

    private boolean answered;
    private boolean evenOnly;
    private long next;
    private long received;

    ModelStream(ModelChannel channel, long connection) {
        this.channel = channel;
        this.connection = connection;
    }

    void willBeAnswered(boolean filtered, long after) {
        answers.add(new Answer(filtered, after));
    }

    void onSubscribed() {
        Answer answer = answers.remove();
        answered = true;
        evenOnly = answer.evenOnly();
        next = answer.after() + 1;
        received = answer.after();
    }

    void onEvent(long offset) {
        check(answered, "came before any answer", offset);
        check(offset >= next, "came again; expected at least " + next, offset);
        long due = due();
        check(
                offset == due,
                "came where " + due + " was due, or it is not for this filter, or it was told to be lost",
                offset);
        next = offset + 1;
        received = offset;
    }

    void onLost(long from, long to) {
        check(from <= to && to <= channel.top(), "begins what is no range, up to " + to, from);
        check(!isAnswered() || from > received, "was told to be lost, but has come", from);
        lost.add(new Range(from, to));
    }

    /** The next publication that has to come. */
    private long due() {
        while (true) {
            long due = channel.firstWanted(next, evenOnly, connection);
            next = due;
            lost.removeIf(range -> range.to() < due);
            for (Range range : lost) {
                if (range.from() <= due) {
                    next = range.to() + 1;
                }
            }
            if (next == due) {
                return due;
            }
        }
    }

    /** After everything has arrived: nothing is owed. */
    void checkComplete() {
        check(answers.isEmpty(), "is the last, and a subscription was never answered", channel.top());
        long due = due();
        check(due > channel.top(), "never arrived", due);
    }

    /** Whether a client knows where it stands. */
    boolean isAnswered() {
        return answered && answers.isEmpty();
    }

    /** Up to where everything has come. */
    long seen() {
        return received;
    }

    private void check(boolean holds, String what, long offset) {
        if (!holds) {
            throw new AssertionError(channel.id + ": " + offset + " " + what);
        }
    }
}
