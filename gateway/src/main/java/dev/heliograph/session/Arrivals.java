package dev.heliograph.session;

import dev.heliograph.protocol.message.ServerMessage.JoinResult;
import java.util.List;

/** Is told how the channels that a door has asked for are joined. On the connection's event loop. */
public interface Arrivals {
    /** What became of each channel; what was missed, and what is live, follows this. */
    void onJoined(List<JoinResult> results);

    /** One of the channels that were joined has been sent everything it missed: what comes is live. */
    void onCaughtUp();
}
