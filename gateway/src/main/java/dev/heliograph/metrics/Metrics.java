package dev.heliograph.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The counters of one gateway. Any thread. */
public final class Metrics {
    private final Map<Count, Counter> plain = new EnumMap<>(Count.class);
    private final Map<Count, Map<Label, Counter>> byReason = new EnumMap<>(Count.class);
    private final Usage usage = new Usage();

    /** Registers every counter at once, so that each is exported from the start, at zero. */
    public Metrics(MeterRegistry registry) {
        Arrays.stream(Count.values()).forEach(count -> register(registry, count));
    }

    private void register(MeterRegistry registry, Count count) {
        if (count.reasons().isEmpty()) {
            plain.put(count, counter(count).register(registry));
            return;
        }
        var counters = new IdentityHashMap<Label, Counter>();
        for (Label reason : count.reasons()) {
            counters.put(
                    reason, counter(count).tag(reason.key(), reason.label()).register(registry));
        }
        byReason.put(count, counters);
    }

    private static Counter.Builder counter(Count count) {
        return Counter.builder("heliograph." + count.meter()).description(count.help());
    }

    /** What workspaces cause. */
    public Usage usage() {
        return usage;
    }

    public void add(Count count, long n) {
        known(plain.get(count), count).increment((double) n);
    }

    public void increment(Count count) {
        add(count, 1);
    }

    public void add(Count count, Label reason, long n) {
        counterOf(count, reason).increment((double) n);
    }

    public void increment(Count count, Label reason) {
        add(count, reason, 1);
    }

    public double value(Count count) {
        return known(plain.get(count), count).count();
    }

    public double value(Count count, Label reason) {
        return counterOf(count, reason).count();
    }

    /** All counters since the start, by name; those with causes by cause. */
    public Map<String, Object> state() {
        var state = new LinkedHashMap<String, Object>();
        for (Count count : Count.values()) {
            Map<Label, Counter> counters = byReason.get(count);
            state.put(count.meter(), counters == null ? (long) value(count) : causes(count, counters));
        }
        return state;
    }

    private static Map<String, Long> causes(Count count, Map<Label, Counter> counters) {
        var causes = new LinkedHashMap<String, Long>();
        for (Label reason : count.reasons()) {
            causes.put(reason.label(), (long) known(counters.get(reason), count).count());
        }
        return causes;
    }

    private Counter counterOf(Count count, Label reason) {
        Map<Label, Counter> counters = byReason.get(count);
        return known(counters == null ? null : counters.get(reason), count);
    }

    private static Counter known(@org.jspecify.annotations.Nullable Counter counter, Count count) {
        if (counter == null) {
            throw new IllegalArgumentException(count + " is not counted that way");
        }
        return counter;
    }
}
