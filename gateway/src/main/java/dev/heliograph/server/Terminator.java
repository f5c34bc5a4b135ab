package dev.heliograph.server;

import dev.heliograph.app.PusherSession;
import dev.heliograph.websocket.LoopConnections;
import java.util.List;

/** Ends connections of Pusher's protocol by the user that they have signed in as, when an app's server asks for it. Any thread. */
final class Terminator {
    private final List<LoopConnections> loops;

    Terminator(List<LoopConnections> loops) {
        this.loops = loops;
    }

    void terminate(String workspace, String userId) {
        loops.forEach(loop -> loop.visit(conversation -> {
            if (conversation instanceof PusherSession session) {
                session.terminate(workspace, userId);
            }
        }));
    }
}
