package dev.heliograph.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How TLS ends on a connection, behind its {@link SslHandler}: a peer that says goodbye (close_notify) takes no more answers, and one whose records are broken
 * is no fault of ours. Event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing a channel cannot fail in a way that asks for more
final class TlsEnd extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TlsEnd.class);

    private boolean goodbyeSaid;

    /** Ends our half of a connection and reads on; over TLS with a goodbye, so that the peer knows that it got all. */
    static void shutdownOutput(Channel channel) {
        TlsEnd tls = channel.pipeline().get(TlsEnd.class);
        if (!(channel instanceof DuplexChannel duplex)) {
            channel.close();
        } else if (tls == null) {
            duplex.shutdownOutput();
        } else {
            tls.sayGoodbye(duplex);
        }
    }

    /**
     * What the peer still sends is dropped as it comes: from our goodbye on, BoringSSL's engine opens no more records, and the handler would keep them and tell
     * the next one as the peer's own goodbye. To close upon that would be a reset, and the peer might never see what we said last.
     */
    private void sayGoodbye(DuplexChannel channel) {
        if (goodbyeSaid) {
            return;
        }
        goodbyeSaid = true;
        channel.pipeline().addFirst("unheard", Unheard.INSTANCE);
        channel.pipeline().get(SslHandler.class).closeOutbound().addListener(said -> channel.shutdownOutput());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslCloseCompletionEvent)) {
            ctx.fireUserEventTriggered(event);
        } else if (!goodbyeSaid) {
            ctx.channel().close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SSLException
                || (cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
            LOG.debug("TLS failed: {}", cause.toString());
            ctx.channel().close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    /** Drops what comes. */
    @Sharable
    private static final class Unheard extends ChannelInboundHandlerAdapter {
        static final Unheard INSTANCE = new Unheard();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
