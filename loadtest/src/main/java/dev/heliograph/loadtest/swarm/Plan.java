package dev.heliograph.loadtest.swarm;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run shall do. Immutable.
 *
 * @param connections subscribers
 * @param ratePerSecond publications
 * @param warmupSeconds published and counted, but not timed
 * @param seconds published, counted and timed
 * @param dataBytes the size of a publication's data, or a little more if the mark does not fit
 */
record Plan(
        String channel,
        int connections,
        double ratePerSecond,
        int warmupSeconds,
        int seconds,
        int dataBytes,
        Connecting connecting,
        int drainSeconds) {
    static final int CONNECTIONS_MAX = 19_000;
    static final int PUBLICATIONS_MAX = 5_000_000;

    /** How the subscribers come: so many at a time, within so long, from these addresses in turn (any, if none is named). */
    record Connecting(int atOnce, int seconds, List<InetAddress> sources) {}

    Plan {
        within("--connections", connections, 1, CONNECTIONS_MAX);
        within("--warmup", warmupSeconds, 0, 3_600);
        within("--seconds", seconds, 1, 86_400);
        within("--size", dataBytes, 1, 60_000);
        within("--connecting", connecting.atOnce(), 1, 4_096);
        within("--connect-seconds", connecting.seconds(), 1, 3_600);
        within("--drain-seconds", drainSeconds, 1, 3_600);
        if (!(ratePerSecond > 0) || ratePerSecond * (warmupSeconds + seconds) > PUBLICATIONS_MAX) {
            throw new IllegalArgumentException("--rate " + ratePerSecond + ": expected more than 0, and at most "
                    + PUBLICATIONS_MAX + " publications in the whole run");
        }
    }

    private static void within(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(option + " " + value + ": expected " + min + " to " + max);
        }
    }

    int publications() {
        return Math.max(1, (int) (ratePerSecond * (warmupSeconds + seconds)));
    }

    /** Publications of the warm-up. */
    int untimed() {
        return (int) (ratePerSecond * warmupSeconds);
    }

    /** When publication {@code number} is due, counted from the first. */
    long dueMicros(int number) {
        return (long) (number * 1e6 / ratePerSecond);
    }

    Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("channel", channel);
        settings.put("connections", connections);
        settings.put("ratePerSecond", ratePerSecond);
        settings.put("warmupSeconds", warmupSeconds);
        settings.put("seconds", seconds);
        settings.put("dataBytes", dataBytes);
        return settings;
    }
}
