package dev.heliograph.simulation;

import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * An event loop on virtual time. All loops of a simulation run on the test's thread, one at a time; each takes that thread for its own only while it runs, so that what
 * hops from loop to loop does so.
 */
final class VirtualLoop {
    private static @Nullable VirtualLoop running;

    private final ManualIoEventLoop tasks;
    private final EventLoop loop;

    VirtualLoop(MockTicker ticker) {
        tasks = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
        InvocationHandler own =
                (_, method, args) -> method.getName().equals("inEventLoop") ? running == this : call(method, args);
        loop = (EventLoop)
                Proxy.newProxyInstance(VirtualLoop.class.getClassLoader(), new Class<?>[] {EventLoop.class}, own);
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(tasks, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    EventLoop eventLoop() {
        return loop;
    }

    /** Runs what is due, each task that was there when it began once. */
    void run() {
        running = this;
        try {
            tasks.runNow(0);
        } finally {
            running = null;
        }
    }

    /** Runs a task as one of this loop's. */
    void run(Runnable task) {
        running = this;
        try {
            task.run();
        } finally {
            running = null;
        }
    }
}
