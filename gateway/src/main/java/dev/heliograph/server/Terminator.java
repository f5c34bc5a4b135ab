package dev.heliograph.server;

import dev.heliograph.app.PusherSession;
import dev.heliograph.auth.Revocation;
import dev.heliograph.websocket.LoopConnections;
import java.util.List;

/** Ends connections of Pusher's protocol by the user that they have signed in as: they show no token by which they would notice. Any thread. */
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

    void onRevoked(Revocation.Target revoked) {
        if (revoked.kind() == Revocation.Kind.USER) {
            terminate(revoked.workspace(), revoked.name());
        }
    }
}
