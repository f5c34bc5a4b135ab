package dev.heliograph.http;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How TLS ends on a connection, behind its {@link SslHandler}: a peer that says goodbye (close_notify) takes no more answers, and one whose records are broken
 * is no fault of ours. Event loop.
 */
@Sharable
@SuppressWarnings("FutureReturnValueIgnored") // closing a channel cannot fail in a way that asks for more
final class TlsEnd extends ChannelInboundHandlerAdapter {
    static final TlsEnd INSTANCE = new TlsEnd();

    private static final Logger LOG = LoggerFactory.getLogger(TlsEnd.class);

    private TlsEnd() {}

    /** Ends our half of a connection and reads on; over TLS with a goodbye, so that the peer knows that it got all. */
    static void shutdownOutput(DuplexChannel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(said -> channel.shutdownOutput());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            ctx.channel().close();
        } else {
            ctx.fireUserEventTriggered(event);
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
}
