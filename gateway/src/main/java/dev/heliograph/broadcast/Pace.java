package dev.heliograph.broadcast;

import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.message.ChannelId;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What it takes to hold groups to a rate.
 *
 * @param merging how what waits for its turn merges, by channel
 * @param clock stamps what subscribers are told
 * @param ticker monotonic nanoseconds
 */
public record Pace(Function<ChannelId, MergeRule> merging, InstantSource clock, LongSupplier ticker) {}
