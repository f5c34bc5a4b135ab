package dev.heliograph.metrics;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many messages each workspace causes, as Pusher bills them: each publication, and each delivery of one. By day in UTC, for as long as this gateway runs, the
 * last {@value #DAYS_MAX} days. Any thread. Source: Pusher, "How is my message count calculated?".
 */
public final class Usage {
    static final int DAYS_MAX = 31;

    private final Map<String, Counters> workspaces = new ConcurrentHashMap<>();
    private volatile long day = Long.MIN_VALUE;

    /**
     * One day of a workspace.
     *
     * @param day as ISO 8601 has it, in UTC
     * @param messages both together, which is what is billed
     */
    public record Day(String day, long published, long delivered, long messages) {}

    private static final class Counters {
        final LongAdder published = new LongAdder();
        final LongAdder delivered = new LongAdder();
        final Deque<Day> past = new ArrayDeque<>();
        long publishedBefore;
        long deliveredBefore;

        synchronized Day today(long epochDay) {
            long publishedToday = published.sum() - publishedBefore;
            long deliveredToday = delivered.sum() - deliveredBefore;
            String name = LocalDate.ofEpochDay(epochDay).toString();
            return new Day(name, publishedToday, deliveredToday, publishedToday + deliveredToday);
        }

        synchronized void endDay(long epochDay) {
            Day ended = today(epochDay);
            past.addFirst(ended);
            publishedBefore += ended.published();
            deliveredBefore += ended.delivered();
            while (past.size() >= DAYS_MAX) {
                past.removeLast();
            }
        }

        synchronized List<Day> days(long epochDay) {
            var days = new ArrayList<Day>();
            days.add(today(epochDay));
            days.addAll(past);
            return days;
        }
    }

    Usage() {}

    private Counters of(String workspace) {
        Counters counters = workspaces.get(workspace);
        return counters != null ? counters : workspaces.computeIfAbsent(workspace, _ -> new Counters());
    }

    /** Counts a publication. */
    public void published(String workspace) {
        of(workspace).published.increment();
    }

    /** Counts what is added to it as deliveries of that workspace. */
    public LongAdder delivered(String workspace) {
        return of(workspace).delivered;
    }

    /** Ends the day if it is over; to be called every few seconds. */
    public void tick(long nowMs) {
        long today =
                Instant.ofEpochMilli(nowMs).atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
        long before = day;
        day = today;
        if (before != Long.MIN_VALUE && before != today) {
            workspaces.values().forEach(counters -> counters.endDay(before));
        }
    }

    /** Of each workspace that has caused any: today, then the days before. */
    public Map<String, List<Day>> days() {
        var all = new TreeMap<String, List<Day>>();
        long today = day == Long.MIN_VALUE ? 0 : day;
        workspaces.forEach((workspace, counters) -> all.put(workspace, counters.days(today)));
        return all;
    }

    /** What a workspace has published today. */
    public long publishedToday(String workspace) {
        return of(workspace).today(0).published();
    }

    /** What a workspace was delivered today. */
    public long deliveredToday(String workspace) {
        return of(workspace).today(0).delivered();
    }
}
