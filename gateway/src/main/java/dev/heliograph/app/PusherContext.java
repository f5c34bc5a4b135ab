package dev.heliograph.app;

import dev.heliograph.auth.Revocations;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.presence.Rosters;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.publish.RatedBroker;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * What all sessions of Pusher's protocol share.
 *
 * @param ticker monotonic nanoseconds
 * @param random a number from 0 to below that one
 */
public record PusherContext(
        SocketIds socketIds,
        LimitsConfig limits,
        RatedBroker broker,
        Rosters<PresenceMember> rosters,
        Announcer announcer,
        Revocations revocations,
        Metrics metrics,
        InstantSource clock,
        LongSupplier ticker,
        LongUnaryOperator random) {}
