package dev.heliograph.config;

/**
 * Who counts as present in the native protocol's presence channels, and how it is told.
 *
 * @param timeoutMs how long a connection stays a member without a heartbeat, or, if it sends none, without any other sign of life
 * @param graceMs how long a connection that is gone still counts, so that one that comes back was never away
 * @param listMax most members that are told by name; beyond, only how many there are
 * @param membersMax most members of one channel
 */
public record PresenceConfig(long timeoutMs, long graceMs, int listMax, int membersMax) {
    public static final PresenceConfig DEFAULT = new PresenceConfig(30_000, 5_000, 100, 10_000);

    static PresenceConfig read(Section s) {
        return new PresenceConfig(
                s.value("timeoutMs", ValueType.duration(1_000, 3_600_000), DEFAULT.timeoutMs()),
                s.value("graceMs", ValueType.duration(0, 600_000), DEFAULT.graceMs()),
                s.value("listMax", ValueType.integer(0, 1_000), DEFAULT.listMax()),
                s.value("membersMax", ValueType.integer(1, 10_000_000), DEFAULT.membersMax()));
    }
}
