package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When an event is said to have happened. It arrives at 2026-11-21T12:00:00Z. */
final class ClockSkewTest {
    private final Harness harness =
            new Harness(TestConfig.config(TestConfig.workspace("acme", null, false, TestConfig.source("web"))));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            timestamp=2026-11-21T11:59:50Z                                                       | 2026-11-21T11:59:50.000Z | timestamp      | false
            timestamp=2026-11-21T11:59:50Z sentAt=2026-11-21T11:59:55Z                           | 2026-11-21T11:59:55.000Z | skew_corrected | false
            timestamp=2031-01-01T00:00:00Z sentAt=2031-01-01T00:00:05Z                           | 2026-11-21T11:59:55.000Z | skew_corrected | false
            timestamp=2020-01-01T00:00:00Z sentAt=2020-01-01T00:00:05.001Z                       | 2026-11-21T11:59:54.999Z | skew_corrected | false
            timestamp=2026-11-21T13:59:50+02:00 sentAt=1795262395000                             | 2026-11-21T11:59:55.000Z | skew_corrected | false
            timestamp=1795262390 sentAt=1795262395                                               | 2026-11-21T11:59:55.000Z | skew_corrected | false
            timestamp=2026-11-21T11:59:58.500Z sentAt=2026-11-21T11:59:59Z                       | 2026-11-21T11:59:58.500Z | skew_corrected | false
            timestamp=2026-11-21T11:59:58.500Z sentAt=2026-11-21T11:59:58.999Z                   | 2026-11-21T11:59:59.501Z | skew_corrected | false
            timestamp=2026-11-21T12:00:00.400Z sentAt=2026-11-21T12:00:00.500Z                   | 2026-11-21T11:59:59.900Z | skew_corrected | false
            timestamp=2026-11-21T11:50:00Z sentAt=2026-11-21T12:00:00Z                           | 2026-11-21T11:50:00.000Z | skew_corrected | true
            timestamp=2026-11-21T11:59:00Z sentAt=2026-11-21T12:00:00Z                           | 2026-11-21T11:59:00.000Z | skew_corrected | false
            timestamp=2026-11-21T11:58:59.999Z sentAt=2026-11-21T12:00:00Z                       | 2026-11-21T11:58:59.999Z | skew_corrected | true
            timestamp=2026-11-21T12:00:10Z sentAt=2026-11-21T12:00:00Z                           | 2026-11-21T12:00:10.000Z | skew_corrected | false
            timestamp=2026-11-21T14:00:00Z sentAt=2026-11-21T12:00:00Z                           | 2026-11-21T12:01:00.000Z | skew_corrected | false
            timestamp=2010-01-01T00:00:00Z                                                       | 2026-11-14T12:00:00.000Z | timestamp      | true
            timestamp=0000-01-01T00:00:00Z sentAt=9999-01-01T00:00:00Z                           | 2026-11-14T12:00:00.000Z | skew_corrected | true
            timestamp=nonsense sentAt=2026-11-21T12:00:00Z                                       | 2026-11-21T12:00:00.000Z | arrival        | false
            sentAt=2026-11-21T11:00:00Z                                                          | 2026-11-21T12:00:00.000Z | arrival        | false
            timestamp=2026-11-21T11:59:50Z sentAt=nonsense                                       | 2026-11-21T11:59:50.000Z | timestamp      | false
            originalTimestamp=2026-11-21T11:59:50Z sentAt=2026-11-21T11:59:55Z                   | 2026-11-21T11:59:55.000Z | skew_corrected | false
            timestamp=2026-11-21T11:59:50Z originalTimestamp=2026-11-21T11:00:00Z sentAt=2026-11-21T11:00:09Z | 2026-11-21T11:59:50.000Z | upstream | false
            timestamp=2026-11-21T11:59:50Z receivedAt=2026-11-21T11:59:51Z sentAt=2026-11-21T11:00:09Z | 2026-11-21T11:59:50.000Z | upstream | false
            timestamp=nonsense receivedAt=2026-11-21T11:59:51Z                                   | 2026-11-21T12:00:00.000Z | arrival        | false
            """)
    void occurred(String times, String occurredAt, String timeSource, boolean late) throws JsonProcessingException {
        var event = new StringBuilder("{\"type\":\"page\"");
        for (String time : times.split(" ", -1)) {
            int equals = time.indexOf('=');
            event.append(",\"%s\":\"%s\"".formatted(time.substring(0, equals), time.substring(equals + 1)));
        }
        harness.send(event.append('}').toString());
        JsonNode envelope = new ObjectMapper().readTree(harness.last());
        assertEquals(occurredAt, envelope.get("occurred_at").asText());
        assertEquals("2026-11-21T12:00:00.000Z", envelope.get("arrived_at").asText());
        assertEquals(timeSource, envelope.get("time_source").asText());
        assertEquals(late, envelope.get("late").asBoolean());
    }
}
