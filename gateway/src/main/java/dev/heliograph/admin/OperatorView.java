package dev.heliograph.admin;

import dev.heliograph.http.EventLoops;
import dev.heliograph.metrics.Exposition;
import dev.heliograph.metrics.LoopMeters;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an operator may look at.
 *
 * @param loops answer {@code /healthz}
 * @param notReady why no new client should be sent here now, as one word; empty: ready
 * @param state sections of {@code /statez} by name, of records and maps that hold nothing secret
 */
public record OperatorView(
        EventLoops loops,
        Supplier<Optional<String>> notReady,
        Exposition exposition,
        LoopMeters meters,
        Map<String, Supplier<Object>> state) {}
