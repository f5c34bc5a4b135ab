package dev.heliograph.broadcast;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/**
 * An event loop as its hub sees it.
 *
 * @param number 0 to 63
 * @param sliceDeliveries about so many deliveries are made before the loop looks at its sockets again
 * @param nextTurn runs a task after the loop has looked at its sockets again; called on the loop
 */
public record LoopThread(int number, EventLoop eventLoop, int sliceDeliveries, Consumer<Runnable> nextTurn) {
    /** One or two milliseconds. */
    public static final int SLICE_DELIVERIES = 512;
}
