package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Attendances in time that stands still until it is moved on, with all that was told. */
final class VirtualPresence {
    static final ChannelId CHANNEL = new ChannelId("acme", "presence:room");
    static final long TIMEOUT_MS = 30_000;
    static final long GRACE_MS = 5_000;
    static final long WINDOW_MS = 500;
    static final int LIST_BYTES_MAX = 3_000;
    private static final long SWEEP_MS = 100;
    private static final long EPOCH_MS = 1_701_234_567_890L;

    /** Near the end of the numbers, as a ticker may be. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(7));

    private final long startNanos = nanos.get();
    final List<Told> told = Collections.synchronizedList(new ArrayList<>());
    final Attendances attendances;

    /** @param atMs since the start */
    record Told(long atMs, PresenceChange change) {
        @Override
        public String toString() {
            return change.type().substring("presence:".length()) + " " + change.payload();
        }
    }

    VirtualPresence(int listMax, int membersMax) {
        var limits = new PresenceLimits(
                nanosOf(TIMEOUT_MS), nanosOf(GRACE_MS), nanosOf(WINDOW_MS), listMax, LIST_BYTES_MAX, membersMax);
        attendances = new Attendances(
                limits,
                nanos::get,
                () -> Instant.ofEpochMilli(EPOCH_MS + nowMs()),
                change -> told.add(new Told(nowMs(), change)));
    }

    private static long nanosOf(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.get() - startNanos);
    }

    /** Time goes on, and is swept as the gateway sweeps. */
    void pass(long ms) {
        for (long left = ms; left > 0; left -= SWEEP_MS) {
            nanos.addAndGet(nanosOf(Math.min(left, SWEEP_MS)));
            attendances.sweep();
        }
    }

    /** Long enough for everything to be told. */
    void settle() {
        pass(GRACE_MS + 3 * WINDOW_MS);
    }

    Visit join(String id) {
        return join(id, null);
    }

    Visit join(String id, @Nullable String metadata) {
        return Objects.requireNonNull(
                attendances.join(CHANNEL, id, "Name of " + id, metadata == null ? null : RawJson.of(metadata)));
    }

    /** What was told since this was last asked. */
    List<String> take() {
        List<String> all = told.stream().map(Told::toString).toList();
        told.clear();
        return all;
    }

    /** Its types and the ids in it, in short. */
    List<String> takeShort() {
        return take().stream()
                .map(text -> text.replaceAll("\\{\"id\":\"(\\w+)\".*?\"metadata\":\\{[^}]*}}", "$1"))
                .toList();
    }
}
