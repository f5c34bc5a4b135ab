package dev.heliograph.protocol.codec;

/**
 * What one client may send before it is refused; shared by all connections of a listener.
 *
 * @param frameBytesMax payload bytes of one frame, 125 (a control frame must fit) to {@code messageBytesMax}
 * @param messageBytesMax payload bytes of one message over all its fragments, at most 1 GiB
 * @param fragmentsMax frames of one message, empty ones included, at least 1
 * @param messageTimeoutMs time from the first header of a message to its last byte, at least 1 ms
 */
public record FrameLimits(int frameBytesMax, int messageBytesMax, int fragmentsMax, long messageTimeoutMs) {
    private static final int MESSAGE_BYTES_CEILING = 1 << 30;

    public FrameLimits {
        require("messageBytesMax", messageBytesMax, Frames.CONTROL_BYTES_MAX, MESSAGE_BYTES_CEILING);
        require("frameBytesMax", frameBytesMax, Frames.CONTROL_BYTES_MAX, messageBytesMax);
        require("fragmentsMax", fragmentsMax, 1, Integer.MAX_VALUE);
        require("messageTimeoutMs", messageTimeoutMs, 1, Long.MAX_VALUE);
    }

    private static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ", expected " + least + " to " + most);
        }
    }
}
