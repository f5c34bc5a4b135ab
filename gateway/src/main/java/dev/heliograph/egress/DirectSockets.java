package dev.heliograph.egress;

import dev.heliograph.metrics.LoopOutflow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The plain sockets of one loop whose peers keep up. A walk over many subscribers sends to these without a look at their connections: it touches a handle and a
 * number of each, which lie side by side, instead of four objects strewn over the heap that the kernel has pushed out of the cache since the last walk. One thread.
 *
 * <p>A handle is a descriptor and the number of the connection that has it. A descriptor is given to another connection soon after its own has ended; the number
 * not for two thousand million connections of this loop, so that whoever still holds an old handle can send nothing to a stranger.
 */
public final class DirectSockets {
    /** Of a connection to which nothing can be sent like this. */
    public static final long NONE = -1;

    private static final int CAPACITY_MIN = 64;

    private final @Nullable SendCall call;
    private final LoopOutflow outflow;
    /** By descriptor: the number of its connection while nothing waits for that, else 0. */
    private int[] clear = new int[CAPACITY_MIN];

    private int lastNumber;

    /** @param call sends to a descriptor; null: there are no bare sockets, and no handles are given out */
    public DirectSockets(@Nullable SendCall call, LoopOutflow outflow) {
        this.call = call;
        this.outflow = outflow;
    }

    /** Gives out no handles. */
    public static DirectSockets none() {
        return new DirectSockets(null, new LoopOutflow());
    }

    /** A connection begins; nothing waits for it. Returns its handle; {@link #NONE} for a descriptor below 0. */
    long open(int descriptor) {
        if (call == null || descriptor < 0) {
            return NONE;
        }
        if (descriptor >= clear.length) {
            clear = Arrays.copyOf(clear, Math.max(descriptor + 1, clear.length * 2));
        }
        lastNumber = lastNumber == Integer.MAX_VALUE ? 1 : lastNumber + 1;
        long handle = (long) lastNumber << Integer.SIZE | descriptor;
        onClear(handle);
        return handle;
    }

    /** Something waits for it, or it is closing: nothing may be sent past that. */
    void onBusy(long handle) {
        if (handle != NONE) {
            clear[(int) handle] = 0;
        }
    }

    /** Nothing waits for it any more. */
    void onClear(long handle) {
        if (handle != NONE) {
            clear[(int) handle] = (int) (handle >>> Integer.SIZE);
        }
    }

    /** Sends a batch; returns how many bytes the kernel took, or {@link SendCall#REFUSED} if it has to be sent through its connection. */
    int send(long handle, Batch batch) {
        int number = (int) (handle >>> Integer.SIZE);
        if (number <= 0 || call == null || clear[(int) handle] != number) {
            return SendCall.REFUSED;
        }
        int taken = call.send((int) handle, batch.cork(), 0, batch.length());
        if (taken > 0) {
            outflow.onSend(taken);
        }
        return taken;
    }
}
