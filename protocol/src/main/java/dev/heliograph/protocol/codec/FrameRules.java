package dev.heliograph.protocol.codec;

import org.jspecify.annotations.Nullable;

/**
 * What the frames of a connection may be; shared by all connections of a listener for which the same was negotiated.
 *
 * @param inflater if permessage-deflate without context takeover was negotiated
 */
public record FrameRules(FrameLimits limits, @Nullable MessageInflater inflater) {

    /** No extension. */
    public static FrameRules plain(FrameLimits limits) {
        return new FrameRules(limits, null);
    }
}
