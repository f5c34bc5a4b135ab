package dev.heliograph.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whole numbers with a unit behind them; without one, a number counts in the smallest unit. */
enum Quantity {
    NUMBER(new String[] {}, new long[] {}),
    DURATION(new String[] {"d", "h", "m", "s", "ms"}, new long[] {86_400_000, 3_600_000, 60_000, 1_000, 1}),
    BYTES(new String[] {"GiB", "MiB", "KiB"}, new long[] {1 << 30, 1 << 20, 1 << 10});

    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,18}) ?([A-Za-z]*)");

    @SuppressWarnings("ImmutableEnumChecker") // filled by the constructor and never changed
    private final Map<String, Long> units = new LinkedHashMap<>();

    Quantity(String[] names, long[] sizes) {
        for (int i = 0; i < names.length; i++) {
            units.put(names[i], sizes[i]);
        }
    }

    /** Null: not such a quantity, or too large for a long. */
    @Nullable
    Long parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return null;
        }
        long number = Long.parseLong(written.group(1));
        Long unit = written.group(2).isEmpty() ? Long.valueOf(1) : units.get(written.group(2));
        return unit == null || number > Long.MAX_VALUE / unit ? null : Long.valueOf(number * unit);
    }

    /** With the largest unit that leaves a whole number. */
    String show(long number) {
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (number != 0 && number % unit.getValue() == 0) {
                return number / unit.getValue() + unit.getKey();
            }
        }
        return String.valueOf(number);
    }
}
