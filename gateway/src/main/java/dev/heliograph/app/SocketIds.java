package dev.heliograph.app;

import dev.heliograph.protocol.pusher.SocketId;
import java.security.SecureRandom;

/**
 * What connections are called. An id is a connection's number, which nobody can guess, and the number of this run of the gateway, so that an id of another node
 * names no connection here. Any thread.
 */
public final class SocketIds {
    private final SecureRandom random = new SecureRandom();
    private final long run = random.nextInt(1, Integer.MAX_VALUE);

    /** The number of a new connection, for {@link dev.heliograph.protocol.message.Sender}. */
    public long next() {
        return random.nextLong(1, Long.MAX_VALUE);
    }

    SocketId of(long connection) {
        return SocketId.of(connection, run);
    }

    /** The number of the connection of that id; 0 if it is none of this gateway's. */
    public long connection(SocketId id) {
        int dot = id.text().indexOf('.');
        String first = id.text().substring(0, dot);
        boolean ours = id.text().substring(dot + 1).equals(Long.toString(run)) && first.length() <= 19;
        try {
            return ours ? Long.parseLong(first) : 0;
        } catch (NumberFormatException tooLarge) {
            return 0;
        }
    }
}
