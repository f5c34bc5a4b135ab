package dev.heliograph.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How values of one kind are written.
 *
 * @param expected completes the sentence "expected …"
 * @param show the value as one would write it
 */
record ValueType<T>(String expected, Parser<T> parser, Function<T, String> show) {
    /** Reads a value. */
    @FunctionalInterface
    interface Parser<T> {
        /** Null: that is no such value. */
        @Nullable
        T parse(String text);
    }

    @Nullable
    T parse(String text) {
        return parser.parse(text);
    }

    static ValueType<Integer> integer(int min, int max) {
        return new ValueType<>(
                "a whole number from " + min + " to " + max,
                text -> {
                    Long number = Quantity.NUMBER.parse(text);
                    return number == null || number < min || number > max ? null : number.intValue();
                },
                String::valueOf);
    }

    static ValueType<Double> decimal(double min, double max) {
        return new ValueType<>(
                "a number from " + plain(min) + " to " + plain(max),
                text -> {
                    Double number = text.matches("[0-9]{1,12}(\\.[0-9]{1,12})?") ? Double.valueOf(text) : null;
                    return number == null || number < min || number > max ? null : number;
                },
                ValueType::plain);
    }

    /** Milliseconds. */
    static ValueType<Long> duration(long minMs, long maxMs) {
        return quantity(Quantity.DURATION, minMs, maxMs, "milliseconds, or a number with ms, s, m, h or d,");
    }

    static ValueType<Long> bytes(long min, long max) {
        return quantity(Quantity.BYTES, min, max, "bytes, or a number with KiB, MiB or GiB,");
    }

    static ValueType<Integer> fewBytes(int min, int max) {
        ValueType<Long> type = bytes(min, max);
        return new ValueType<>(
                type.expected(),
                text -> {
                    Long bytes = type.parse(text);
                    return bytes == null ? null : bytes.intValue();
                },
                bytes -> Quantity.BYTES.show(bytes));
    }

    private static ValueType<Long> quantity(Quantity unit, long min, long max, String words) {
        return new ValueType<>(
                words + " from " + unit.show(min) + " to " + unit.show(max),
                text -> {
                    Long number = unit.parse(text);
                    return number == null || number < min || number > max ? null : number;
                },
                unit::show);
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>(
                "true or false",
                text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> null;
                },
                String::valueOf);
    }

    /** Lower-case names of an enum's constants. */
    static <E extends Enum<E>> ValueType<E> choice(Class<E> constants) {
        Function<E, String> name = constant -> constant.name().toLowerCase(Locale.ROOT);
        E[] all = constants.getEnumConstants();
        return new ValueType<>(
                "one of " + String.join(", ", Arrays.stream(all).map(name).toList()),
                text -> Arrays.stream(all)
                        .filter(constant -> name.apply(constant).equals(text))
                        .findFirst()
                        .orElse(null),
                name);
    }

    static ValueType<String> oneOf(Collection<String> allowed) {
        return new ValueType<>(
                "one of " + String.join(", ", allowed),
                text -> allowed.contains(text) ? text : null,
                Function.identity());
    }

    /** @param pattern the whole value must match it */
    static ValueType<String> text(String pattern, String expected) {
        Pattern compiled = Pattern.compile(pattern);
        return new ValueType<>(
                expected,
                text -> compiled.matcher(text).matches() ? text : null,
                text -> text.isEmpty() ? "empty" : text);
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
