package dev.heliograph.pipeline;

import dev.heliograph.protocol.message.JsonBytes;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Points in time as producers write them, and as envelopes show them. */
final class Timestamps {
    /** What {@link #parse} answers when it cannot tell. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private static final int LENGTH_MAX = 64;
    /** Numbers below it are seconds: as milliseconds they would lie in the spring of 1973, as seconds it is the year 5138. */
    private static final double SECONDS_MAX = 1e11;
    /** The year 9999, which is as far as four digits go. */
    private static final double MILLIS_MAX = 253_402_300_799_999.0;

    private Timestamps() {}

    /**
     * Reads ISO 8601 with or without offset (then it is UTC), milliseconds or seconds since the epoch, or RFC 2822.
     *
     * @return milliseconds since the epoch, or {@link #UNKNOWN}
     */
    static long parse(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > LENGTH_MAX) {
            return UNKNOWN;
        }
        try {
            if (IsoTime.looksLike(text)) {
                return IsoTime.parse(text);
            }
            char last = text.charAt(text.length() - 1);
            return last >= '0' && last <= '9' && text.indexOf(' ') < 0 ? number(text) : rfc2822(text);
        } catch (DateTimeException | NumberFormatException e) {
            return UNKNOWN;
        }
    }

    private static long number(String text) {
        double number = Double.parseDouble(text);
        double millis = Math.abs(number) < SECONDS_MAX ? number * 1_000 : number;
        return Math.abs(millis) <= MILLIS_MAX ? Math.round(millis) : UNKNOWN;
    }

    private static long rfc2822(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant()
                .toEpochMilli();
    }

    /** {@code "2026-02-03T12:00:00.000Z"}, in quotes; years 0 to 9999. */
    static void write(long epochMs, JsonBytes out) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(epochMs, 1_000L), Math.floorMod(epochMs, 1_000) * 1_000_000, ZoneOffset.UTC);
        out.raw('"').digits(time.getYear(), 4).raw('-').digits(time.getMonthValue(), 2);
        out.raw('-').digits(time.getDayOfMonth(), 2).raw('T').digits(time.getHour(), 2);
        out.raw(':').digits(time.getMinute(), 2).raw(':').digits(time.getSecond(), 2);
        out.raw('.').digits(time.getNano() / 1_000_000, 3).raw('Z').raw('"');
    }
}
