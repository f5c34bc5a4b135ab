package dev.heliograph.config;

/**
 * How a gateway that is to stop sends its clients away.
 *
 * @param graceMs how long it goes on as before once it is not ready any more, for load balancers to notice
 * @param durationMs over how long clients are sent away after that, at most; 0: all at once
 * @param deadlineMs from the signal to when it closes who is left
 */
public record DrainConfig(long graceMs, long durationMs, long deadlineMs) {
    public static final DrainConfig DEFAULT = new DrainConfig(5_000, 10_000, 20_000);

    private static final long HOUR_MS = 3_600_000;

    static DrainConfig read(Section s) {
        var drain = new DrainConfig(
                s.value("graceMs", ValueType.duration(0, HOUR_MS), DEFAULT.graceMs()),
                s.value("durationMs", ValueType.duration(0, HOUR_MS), DEFAULT.durationMs()),
                s.value("deadlineMs", ValueType.duration(0, 3 * HOUR_MS), DEFAULT.deadlineMs()));
        if (drain.deadlineMs() < drain.graceMs() + drain.durationMs()) {
            s.report(
                    "deadlineMs",
                    drain.deadlineMs() + " is too early; expected at least graceMs and durationMs together, which is "
                            + (drain.graceMs() + drain.durationMs()));
        }
        return drain;
    }
}
