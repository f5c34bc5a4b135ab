package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;

/**
 * What the bare sockets of one event loop share.
 *
 * @param inbox direct memory that every read goes to; its capacity is what one connection may bring in one turn
 * @param opened direct memory that received TLS records are decrypted to, at least {@link TlsWire#SCRATCH_BYTES_MIN} of it
 * @param sealed direct memory that one TLS record is encrypted to before it is sent, as much again
 */
public record BareLoop(IoEventLoop eventLoop, ByteBuf inbox, ByteBuf opened, ByteBuf sealed) {
    /** For plain sockets only. */
    public BareLoop(IoEventLoop eventLoop, ByteBuf inbox) {
        this(eventLoop, inbox, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER);
    }
}
