package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import java.util.function.LongConsumer;

/**
 * What the bare sockets of one event loop share.
 *
 * @param inbox direct memory that every read goes to; its capacity is what one connection may bring in one turn
 * @param opened direct memory that received TLS records are decrypted to, at least {@link TlsWire#SCRATCH_BYTES_MIN} of it
 * @param sealed direct memory that one TLS record is encrypted to before it is sent, as much again
 * @param onHeld told by how many bytes more, or fewer, wires hold of what their peers do not take
 * @param call the shortest way to a socket; what it refuses goes the usual way, which tells why
 */
public record BareLoop(
        IoEventLoop eventLoop, ByteBuf inbox, ByteBuf opened, ByteBuf sealed, LongConsumer onHeld, SendCall call) {
    public BareLoop(IoEventLoop eventLoop, ByteBuf inbox, ByteBuf opened, ByteBuf sealed, LongConsumer onHeld) {
        this(eventLoop, inbox, opened, sealed, onHeld, new LinuxSendCall());
    }

    /** For plain sockets only. */
    public BareLoop(IoEventLoop eventLoop, ByteBuf inbox) {
        this(eventLoop, inbox, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, _ -> {});
    }
}
