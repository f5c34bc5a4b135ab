package dev.heliograph.session;

import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.CloseCode;

/** A WebSocket: pings are answered, and a Close frame ends it. */
final class WebSocketMedium implements Medium {
    private static final byte[] PING = Frames.ping(new byte[0]);

    private final boolean heedsDrain;

    WebSocketMedium(boolean heedsDrain) {
        this.heedsDrain = heedsDrain;
    }

    @Override
    public byte[] ping() {
        return PING;
    }

    @Override
    public boolean heedsDrain() {
        return heedsDrain;
    }

    @Override
    public byte[] farewell(CloseCode code, String reason) {
        return Frames.close(code, reason);
    }
}
