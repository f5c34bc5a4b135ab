package dev.heliograph.server;

import dev.heliograph.broker.Broker;
import dev.heliograph.config.Config;
import dev.heliograph.config.PresenceConfig;
import dev.heliograph.metrics.Exposition;
import dev.heliograph.metrics.Level;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.presence.Attendances;
import dev.heliograph.presence.PresenceLimits;
import dev.heliograph.session.PresencePublisher;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Who is present in channels {@code presence:…}, put together: what holds there, where it is told, and what an operator sees of it. */
final class NativePresence {
    /** How often it is looked whether there is something to tell. */
    static final long SWEEP_MS = 100;
    /** Two changes of a channel in a second, and no more. */
    private static final long WINDOW_MS = 500;
    /** As much as there is in one answer. */
    private static final int LIST_BYTES_MAX = 256 << 10;

    private final Attendances attendances;

    NativePresence(Config config, Broker broker, Metrics metrics, InstantSource clock) {
        attendances = new Attendances(
                limits(config), System::nanoTime, clock, new PresencePublisher(broker, metrics, System::nanoTime));
    }

    private static PresenceLimits limits(Config config) {
        PresenceConfig settings = config.presence();
        return new PresenceLimits(
                TimeUnit.MILLISECONDS.toNanos(settings.timeoutMs()),
                TimeUnit.MILLISECONDS.toNanos(settings.graceMs()),
                TimeUnit.MILLISECONDS.toNanos(WINDOW_MS),
                settings.listMax(),
                Math.min(LIST_BYTES_MAX, config.limits().outboxBytesMax() / 2),
                settings.membersMax());
    }

    Attendances attendances() {
        return attendances;
    }

    void bindTo(Exposition exposition, Map<String, Supplier<Object>> state) {
        exposition.watch(Level.PRESENCE_CHANNELS, attendances::channels);
        exposition.watch(Level.PRESENCE_MEMBERS, attendances::members);
        state.put("presence", () -> Map.of("channels", attendances.channels(), "members", attendances.members()));
    }
}
