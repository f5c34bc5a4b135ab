package dev.heliograph.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;

/** A connection that has left HTTP, as its new owner gets it. Handed over on its event loop. */
public sealed interface Departed {
    EventLoop eventLoop();

    /**
     * The socket of an epoll loop, which no channel watches any more and nobody reads.
     *
     * @param socket the new owner's to register and to close; whoever may still hold the old channel shares this very object, so the descriptor is closed
     *     once, and never under a number that has become someone else's
     * @param received came behind the upgrade request; writable, and the new owner's to release
     * @param onClosed to be run when the socket is closed
     */
    record Bare(Socket socket, EventLoop eventLoop, ByteBuf received, Runnable onClosed) implements Departed {}

    /**
     * The same with TLS, whose handshake is done.
     *
     * @param bare what it has received is decrypted
     * @param engine the new owner's to release
     * @param sealed came behind that and is not decrypted; writable, and the new owner's to release
     */
    record BareTls(Bare bare, ReferenceCountedOpenSslEngine engine, ByteBuf sealed) implements Departed {
        @Override
        public EventLoop eventLoop() {
            return bare.eventLoop();
        }
    }

    /**
     * A channel without HTTP handlers. Bytes that came behind the upgrade request are read by the handlers that the new owner adds before it returns; then
     * reading goes on.
     */
    record Channeled(Channel channel) implements Departed {
        @Override
        public EventLoop eventLoop() {
            return channel.eventLoop();
        }

        /** Ends our half and reads on, so that what was sent last is not lost to a reset; over TLS with a goodbye. On the event loop. */
        public void shutdownOutput() {
            TlsEnd.shutdownOutput(channel);
        }
    }
}
