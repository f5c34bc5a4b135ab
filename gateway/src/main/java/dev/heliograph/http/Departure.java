package dev.heliograph.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a connection out of its HTTP handlers, and on epoll out of its channel too. Reading is off meanwhile, but a channel reads on when its peer ends its
 * half, and it deregisters in a later task: what comes until then is kept here and handed over. A connection that closes or fails before the end goes as
 * every channel goes, and is not handed over. Event loop.
 */
final class Departure extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
    /** Bytes that nobody has asked for yet: no client needs to send more before it has the answer. */
    static final int RECEIVED_BYTES_MAX = 1024 * 1024;
    /** How much the kernel keeps unsent before a send falls short: what waits longer waits with us, where it can still be dropped or merged. */
    static final long UNSENT_BYTES_MAX = 64 * 1024;

    private final Channel channel;
    private final Runnable onClosed;
    private final Consumer<Departed> owner;
    private final ByteBuf received = Unpooled.buffer();
    /** Where what arrives belongs. */
    private ByteBuf arriving = received;

    private Departure(Channel channel, Runnable onClosed, Consumer<Departed> owner) {
        this.channel = channel;
        this.onClosed = onClosed;
        this.owner = owner;
    }

    /**
     * @param handlers the HTTP server's, from the wire on
     * @param onClosed for an owner that gets a socket: to be run when it is closed
     */
    static void of(Channel channel, Runnable onClosed, Consumer<Departed> owner, ChannelHandler... handlers) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        boolean canBeBare = tls == null || tls.engine() instanceof ReferenceCountedOpenSslEngine;
        if (channel instanceof EpollSocketChannel && canBeBare) {
            var departure = new Departure(channel, onClosed, owner);
            channel.pipeline().addLast("departure", departure);
            remove(channel, handlers);
            departure.leaveChannel();
        } else {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            owner.accept(new Departed.Channeled(channel));
            remove(channel, handlers);
            channel.config().setAutoRead(true);
        }
    }

    /** From the last to the first, which hands on the bytes it kept. */
    private static void remove(Channel channel, ChannelHandler... handlers) {
        for (int i = handlers.length - 1; i >= 0; i--) {
            channel.pipeline().remove(handlers[i]);
        }
    }

    private void leaveChannel() {
        channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES_MAX);
        channel.deregister().addListener(_ -> onDeregistered());
    }

    private void onDeregistered() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        if (!channel.isOpen() || unsent == null || !unsent.isEmpty()) {
            received.release();
            channel.close();
            return;
        }
        var epoll = (EpollSocketChannel) channel;
        var bare = new Departed.Bare((Socket) epoll.fd(), channel.eventLoop(), received, onClosed);
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        owner.accept(tls == null ? bare : withTls(bare, tls));
    }

    /** The engine would go with its handler. What the handler has not decrypted, it hands on when it is removed. */
    private Departed withTls(Departed.Bare bare, SslHandler tls) {
        var engine = (ReferenceCountedOpenSslEngine) tls.engine();
        engine.retain();
        arriving = Unpooled.buffer();
        channel.pipeline().remove(TlsEnd.class);
        channel.pipeline().remove(tls);
        return new Departed.BareTls(bare, engine, arriving);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            arriving.writeBytes((ByteBuf) message);
        } finally {
            ReferenceCountUtil.release(message);
        }
        if (arriving.readableBytes() > RECEIVED_BYTES_MAX) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection failed while it left HTTP: {}", cause.toString());
        ctx.close();
    }
}
