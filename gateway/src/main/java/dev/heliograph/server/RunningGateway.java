package dev.heliograph.server;

import java.util.concurrent.CountDownLatch;

/** Keeps the process until a signal asks it to end, then stops the gateway and exits with 0. */
final class RunningGateway {
    private RunningGateway() {}

    /**
     * Returns never: the process ends in the signal's hook.
     *
     * @param stop what has to be done before; a few seconds at most
     */
    static void untilSignal(Runnable stop) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> {
                    stop.run();
                    // a JVM that a signal ends reports the signal, but this is an orderly end
                    Runtime.getRuntime().halt(0);
                },
                "shutdown"));
        new CountDownLatch(1).await();
    }
}
