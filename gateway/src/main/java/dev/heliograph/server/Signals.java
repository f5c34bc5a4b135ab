package dev.heliograph.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals as events: a JVM by itself ends at the first, and hears no second. By reflection, as what there is for it is the JDK's {@code sun.misc.Signal}, which is
 * supported but not part of its API.
 */
final class Signals {
    private Signals() {}

    /**
     * From now on that signal does not end the process but calls back, on a thread of its own each time.
     *
     * @return false if this JVM cannot; then all is as before
     */
    static boolean on(String name, Runnable received) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> {
                received.run();
                return null;
            };
            Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, call);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException without) {
            return false;
        }
    }
}
