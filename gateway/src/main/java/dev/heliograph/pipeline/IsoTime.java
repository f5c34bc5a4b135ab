package dev.heliograph.pipeline;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * ISO 8601 date-times, {@code 2026-02-03T12:00:00[.fraction][Z|±hh[[:]mm]]} with a blank allowed for the T, read by position: every event carries one to
 * three of them.
 */
final class IsoTime {
    private static final int SECONDS_END = 19;
    /** Counts as the second before it. */
    private static final int LEAP_SECOND = 60;

    private final String text;
    private int at;

    private IsoTime(String text) {
        this.text = text;
    }

    static boolean looksLike(String text) {
        return text.length() >= SECONDS_END && text.charAt(4) == '-' && text.charAt(7) == '-' && text.charAt(13) == ':';
    }

    /** @throws DateTimeException if it is none after all */
    static long parse(String text) {
        return new IsoTime(text).parse();
    }

    private long parse() {
        int year = number(4);
        expect('-');
        int month = number(2);
        expect('-');
        int day = number(2);
        expect(text.charAt(at) == ' ' ? ' ' : 'T');
        int hour = number(2);
        expect(':');
        int minute = number(2);
        expect(':');
        int second = number(2);
        int millis = fraction();
        long epochSecond = LocalDateTime.of(year, month, day, hour, minute, second == LEAP_SECOND ? 59 : second)
                .toEpochSecond(ZoneOffset.UTC);
        return (epochSecond - offsetSeconds()) * 1_000 + millis;
    }

    private int number(int digits) {
        int number = 0;
        for (int end = at + digits; at < end; at++) {
            char c = at < text.length() ? text.charAt(at) : 'x';
            if (c < '0' || c > '9') {
                throw fault();
            }
            number = 10 * number + c - '0';
        }
        return number;
    }

    private void expect(char c) {
        if (at >= text.length() || text.charAt(at) != c) {
            throw fault();
        }
        at++;
    }

    private int fraction() {
        if (at == text.length() || text.charAt(at) != '.') {
            return 0;
        }
        int millis = 0;
        int weight = 100;
        for (at++; at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
            millis += weight * (text.charAt(at) - '0');
            weight /= 10;
        }
        return millis;
    }

    private int offsetSeconds() {
        if (at == text.length() || text.substring(at).equals("Z")) {
            return 0;
        }
        int sign = text.charAt(at) == '-' ? -1 : 1;
        if (sign > 0) {
            expect('+');
        } else {
            at++;
        }
        int hours = number(2);
        if (at < text.length() && text.charAt(at) == ':') {
            at++;
        }
        int minutes = at < text.length() ? number(2) : 0;
        if (at != text.length() || hours > 18 || minutes > 59) {
            throw fault();
        }
        return sign * (hours * 3_600 + minutes * 60);
    }

    private static DateTimeException fault() {
        return new DateTimeException("not an ISO 8601 date-time");
    }
}
