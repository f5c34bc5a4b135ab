package dev.heliograph.protocol.message;

/**
 * A place in a channel's stream.
 *
 * @param epoch names one unbroken life of the channel's log; a different epoch means that nothing is known of what lay between
 * @param offset 1 for the first publication of an epoch, then rising by one; 0 is the place before the first
 */
public record Position(String epoch, long offset) {
    public Position {
        if (offset < 0) {
            throw new ProtocolException(ErrorCode.BAD_MESSAGE, "a position's offset is 0 or more, not " + offset);
        }
    }
}
