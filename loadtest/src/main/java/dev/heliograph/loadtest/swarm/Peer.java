package dev.heliograph.loadtest.swarm;

/** What a connection tells its owner, on the event loop. */
interface Peer {
    /** A whole text message; the bytes are the connection's and hold until this returns. */
    void onText(byte[] bytes, int from, int to);

    /** The connection is gone, by no wish of ours. Once. */
    void onLost(String why);
}
