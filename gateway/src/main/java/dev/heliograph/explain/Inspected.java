package dev.heliograph.explain;

import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broker.Broker;
import dev.heliograph.pipeline.Decisions;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.websocket.LoopConnections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The parts of a gateway that answers are found in.
 *
 * @param hubs of all loops
 * @param connections of the same loops, in the same order
 * @param rules what the configuration says of a channel, by topic
 */
public record Inspected(
        Set<String> workspaces,
        List<LoopHub> hubs,
        List<LoopConnections> connections,
        Broker broker,
        Decisions decisions,
        Function<ChannelId, Map<String, String>> rules) {}
