package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;

/** What a wire tells the connection that it serves. On the event loop; nothing before {@link #onOpen}, {@link #onGone} alone once the
 * wire was told to close, and nothing after that. */
public interface Receiver {
    /** The wire sends from now on. */
    void onOpen();

    /** Bytes from the peer. They may be written over, and are valid during the call only. */
    void onBytes(ByteBuf bytes);

    /** A send has fallen short, and the peer takes bytes again. */
    void onWritable();

    /** One of the calls above has thrown this. */
    void onFault(Throwable cause);

    /** The connection has ended, by whomever; called once. */
    void onGone();
}
