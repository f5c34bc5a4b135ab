package dev.heliograph.metrics;

import java.util.function.LongSupplier;

/**
 * Everything that is measured of one event loop.
 *
 * @param recorder its passes
 * @param lag how late it is
 * @param outflow what its connections send and hold
 */
public record LoopMeter(LoopRecorder recorder, LoopLag lag, LoopOutflow outflow) {
    /** @param ticker the clock that publications are stamped with */
    public static LoopMeter create(LongSupplier ticker) {
        var recorder = new LoopRecorder(ticker);
        return new LoopMeter(recorder, new LoopLag(recorder, ticker), new LoopOutflow());
    }
}
