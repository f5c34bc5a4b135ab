package dev.heliograph.egress;

import dev.heliograph.config.MergeRule;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import io.netty.buffer.ByteBuf;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What all outboxes of one event loop share.
 *
 * @param cork scratch space for one send; grows if a single image is larger
 * @param bytesMax most bytes of events that wait for one peer; answers may take as much again
 * @param ticker monotonic nanoseconds
 * @param backlogs spare ones, and the books about those in use
 * @param sockets that can be sent to past their outboxes
 * @param merging how what waits in a channel merges
 */
public record OutboxContext(
        ByteBuf cork,
        int bytesMax,
        Metrics metrics,
        InstantSource clock,
        LongSupplier ticker,
        LoopBacklogs backlogs,
        DirectSockets sockets,
        Function<ChannelId, MergeRule> merging) {
    /** How much is sent at once. */
    public static final int CORK_BYTES = 64 * 1024;

    /** With books of its own, no bound but each outbox's, and nothing that merges. */
    public OutboxContext(ByteBuf cork, int bytesMax, Metrics metrics, InstantSource clock, LongSupplier ticker) {
        this(
                cork,
                bytesMax,
                metrics,
                clock,
                ticker,
                new LoopBacklogs(new LoopOutflow(), new BacklogLedger(Long.MAX_VALUE, 1)),
                DirectSockets.none(),
                _ -> MergeRule.NONE);
    }
}
