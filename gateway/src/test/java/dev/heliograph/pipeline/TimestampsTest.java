package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.protocol.message.JsonBytes;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times as producers write them. */
final class TimestampsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-11-21T00:45:29.882Z          | 2026-11-21T00:45:29.882Z
            2026-11-21T00:45:29Z              | 2026-11-21T00:45:29Z
            2026-11-21T00:45:29.8Z            | 2026-11-21T00:45:29.800Z
            2026-11-21T00:45:29.882999999Z    | 2026-11-21T00:45:29.882Z
            2026-11-21T00:45:29.882000+00:00  | 2026-11-21T00:45:29.882Z
            2026-11-21T02:45:29.882+02:00     | 2026-11-21T00:45:29.882Z
            2026-11-20T19:15:29.882-0530      | 2026-11-21T00:45:29.882Z
            2026-11-21T02:45:29+02            | 2026-11-21T00:45:29Z
            2026-11-21 00:45:29               | 2026-11-21T00:45:29Z
            2026-11-21T00:45:60Z              | 2026-11-21T00:45:59Z
            1795221929882                     | 2026-11-21T00:45:29.882Z
            1795221929                        | 2026-11-21T00:45:29Z
            1795221929.882                    | 2026-11-21T00:45:29.882Z
            1.795221929882E12                 | 2026-11-21T00:45:29.882Z
            Sat, 21 Nov 2026 00:45:29 GMT     | 2026-11-21T00:45:29Z
            Sat, 21 Nov 2026 02:45:29 +0200   | 2026-11-21T00:45:29Z
            21 Nov 2026 00:45:29 +0000        | 2026-11-21T00:45:29Z
            """)
    void read(String text, String instant) {
        assertEquals(Instant.parse(instant).toEpochMilli(), Timestamps.parse(text), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-21",
                "2026-13-21T00:45:29Z",
                "2026-02-30T00:45:29Z",
                "2026-11-21T24:45:29Z",
                "2026-11-21T00:45:61Z",
                "2026-11-21T00:45:29+",
                "2026-11-21T00:45:29Zx",
                "2026-11-21T00:45:29+99:00",
                "2026-11-21T00:45:2",
                "NaN",
                "1e400",
                "-1e300",
                "99999999999999999",
                "0x10",
                "2026-11-21T00:45:29+2:00",
                "1795221929882 1",
                "٢٠٢٦-11-21T00:45:29Z"
            })
    void unreadable(String text) {
        assertEquals(Timestamps.UNKNOWN, Timestamps.parse(text), text);
    }

    @Test
    void unreadable_null() {
        assertEquals(Timestamps.UNKNOWN, Timestamps.parse(null));
    }

    @Test
    void iso_againstTheJdk() {
        long seed = System.nanoTime();
        System.out.println("iso_againstTheJdk seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            long epochMs = random.nextLong(-62_135_596_800_000L, 253_402_214_400_000L);
            var offset = ZoneOffset.ofTotalSeconds(60 * (random.nextInt(2 * 18 * 60) - 18 * 60));
            OffsetDateTime time = Instant.ofEpochMilli(epochMs).atOffset(offset);
            if (time.getYear() < 0 || time.getYear() > 9_999) {
                continue;
            }
            String text = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
            if (text.charAt(16) != ':') {
                continue; // the JDK leaves out seconds that are zero
            }
            assertEquals(epochMs, Timestamps.parse(text), () -> text + " seed " + seed);
        }
    }

    @Test
    void written_asIsoInUtcWithMilliseconds() {
        var out = new JsonBytes(4);
        Timestamps.write(Instant.parse("2026-02-03T04:05:06.007Z").toEpochMilli(), out);
        assertEquals("\"2026-02-03T04:05:06.007Z\"", out.toJson().toString());
        out.cut(0);
        Timestamps.write(-1, out);
        assertEquals("\"1969-12-31T23:59:59.999Z\"", out.toJson().toString());
    }
}
