package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Objects;

/**
 * send(2) as Linux has it, called without leaving Java's thread state: it does not block, so it keeps a safepoint waiting for no longer than one copy takes. JNI
 * would take some ten nanoseconds more, and an object for each socket.
 */
public final class LinuxSendCall implements SendCall {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** Made at the first send, or before: it takes some fifty milliseconds. */
    private static final class Link {
        static final MethodHandle SEND = link();

        @SuppressWarnings("restricted") // native access is granted on the command line, for Netty too
        private static MethodHandle link() {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("send"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT),
                    Linker.Option.critical(false));
        }
    }

    /** Makes the link to the C library, so that the first send does not have to. Any thread. */
    public static void link() {
        Objects.requireNonNull(Link.SEND);
    }

    @Override
    public int send(int descriptor, ByteBuf bytes, int from, int length) {
        try {
            long taken = (long) Link.SEND.invokeExact(
                    descriptor, bytes.memoryAddress() + from, (long) length, MSG_DONTWAIT | MSG_NOSIGNAL);
            return taken < 0 ? REFUSED : (int) taken;
        } catch (Throwable impossible) { // what invokeExact declares; C throws nothing
            throw new IllegalStateException(impossible);
        }
    }
}
