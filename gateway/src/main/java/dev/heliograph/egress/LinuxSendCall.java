package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * send(2) as Linux has it, called without leaving Java's thread state: it does not wait for the peer, so it keeps a safepoint waiting for about as long as one copy
 * takes. JNI would take some ten nanoseconds more, and an object for each socket. Any thread.
 */
public final class LinuxSendCall implements SendCall {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxSendCall.class);
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** Made at the first send, or before: it takes some fifty milliseconds. */
    private static final class Link {
        static final @Nullable MethodHandle SEND = link();

        @SuppressWarnings("restricted") // native access is granted on the command line, for Netty too
        private static @Nullable MethodHandle link() {
            try {
                return link(Linker.nativeLinker());
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("send(2) cannot be called directly; every send goes through JNI", e);
                return null;
            }
        }

        @SuppressWarnings("restricted")
        private static MethodHandle link(Linker linker) {
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
        LOG.debug("send(2) {}", Link.SEND);
    }

    @Override
    public int send(int descriptor, ByteBuf bytes, int from, int length) {
        MethodHandle call = Link.SEND;
        if (call == null) {
            return REFUSED;
        }
        try {
            long taken = (long) call.invokeExact(
                    descriptor, bytes.memoryAddress() + from, (long) length, MSG_DONTWAIT | MSG_NOSIGNAL);
            return taken < 0 ? REFUSED : (int) taken;
        } catch (Throwable impossible) { // what invokeExact declares; C throws nothing
            throw new IllegalStateException(impossible);
        }
    }
}
