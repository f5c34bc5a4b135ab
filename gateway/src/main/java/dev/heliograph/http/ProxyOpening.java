package dev.heliograph.http;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.ProxyFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trusted proxy's connection from its opening to the end of its {@link ProxyHeader}, within one deadline. Then what comes next, TLS or HTTP, is put in and gets
 * what came behind the header. One whose header is broken, too long or too late is closed without an answer: a proxy would pass it to its client. Event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing a channel cannot fail in a way that asks for more
final class ProxyOpening extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyOpening.class);

    private final Served served;
    private final Consumer<@Nullable InetAddress> onward;
    private final Deadline deadline;
    private boolean over;
    private boolean heard;
    private @Nullable ChannelHandlerContext context;

    /** @param onward puts in what comes next; given whom the connection is for, null if that is the proxy itself */
    ProxyOpening(Served served, Channel channel, Consumer<@Nullable InetAddress> onward) {
        this.served = served;
        this.onward = onward;
        this.deadline = new Deadline(channel.eventLoop(), served::nanoTime, () -> end(ProxyFailure.TIMEOUT));
    }

    void install(Channel channel) {
        channel.pipeline().addLast("proxy-opening", this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline.set(served.limits().headersTimeoutMs());
    }

    /** Those behind are told when they are there. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {}

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (over) {
            in.skipBytes(in.readableBytes());
            return;
        }
        heard = true;
        switch (ProxyHeader.read(in)) {
            case ProxyHeader.Unfinished() -> {
                /* the deadline waits for the rest */
            }
            case ProxyHeader.Broken(ProxyFailure reason) -> {
                in.skipBytes(in.readableBytes());
                end(reason);
            }
            case ProxyHeader.Whole(int length, InetAddress client) -> {
                in.skipBytes(length);
                over = true;
                deadline.clear();
                onward.accept(client);
                ctx.fireChannelActive();
                ctx.pipeline().remove(this);
            }
        }
    }

    /** One that never said a word was looking whether the port is open. */
    private void end(ProxyFailure reason) {
        if (over) {
            return;
        }
        over = true;
        deadline.clear();
        if (heard || reason == ProxyFailure.TIMEOUT) {
            served.metrics().increment(Count.PROXY_HEADERS_REFUSED, reason);
        }
        if (context != null) {
            LOG.debug("the PROXY header of {} is refused: {}", context.channel().remoteAddress(), reason.label());
            context.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent && !over) {
            end(ProxyFailure.GONE);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        end(ProxyFailure.GONE);
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (over) {
            ctx.fireExceptionCaught(cause);
        } else {
            end(ProxyFailure.GONE);
        }
    }
}
