package dev.heliograph.websocket;

import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.Conversation;

/** A client's connection, as the sweeps of its loop see it. Confined to the loop. */
public interface LoopConnection {
    /** Where it stands among its loop's connections; -1: it does not. */
    int slot();

    /** It stands there from now on. */
    void standAt(int slot);

    /** Looks at every deadline; called about once a second. */
    void onTick();

    ClientKind kind();

    Conversation conversation();

    /** Bytes that wait for the peer. */
    long waitingBytes();

    void close(DisconnectCause cause, CloseCode code, String reason);
}
