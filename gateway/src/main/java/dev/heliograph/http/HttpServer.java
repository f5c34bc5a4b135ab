package dev.heliograph.http;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.metrics.Metrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One listener and its connections. Open connections are bounded by {@link LimitsConfig#connectionsMax}; a few more are let in only to be told so, the
 * rest are closed at once. Bodies that are being read or handled are bounded together. Any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing a channel cannot fail in a way that asks for more
public final class HttpServer {
    private static final int BACKLOG = 4_096;
    /** How many connections beyond the bound may be open to be answered with 503. */
    private static final int SURPLUS_MAX = 256;
    /** How long a handler may take. */
    private static final long ANSWER_TIMEOUT_MS = 120_000;
    /** Bodies may hold this part of the heap. */
    private static final int HEAP_DIVISOR = 8;

    private final Served served;
    private final EventLoops loops;
    private final Set<HttpConnection> speakingHttp = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final Runnable onClosed = open::decrementAndGet;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final @Nullable TlsHandshakes handshakes;
    private final Channel listener;

    private HttpServer(Listener where, Served served, EventLoops loops) throws IOException {
        this.served = served;
        this.loops = loops;
        this.handshakes =
                where.tls() == null ? null : new TlsHandshakes(where.tls(), served.limits(), served.metrics());
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        onAccepted(channel);
                    }
                })
                .bind(where.host(), where.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new BindException("cannot listen on " + where.host() + ":" + where.port() + " (" + where.name()
                    + "): " + bound.cause().getMessage());
        }
        this.listener = bound.channel();
    }

    /**
     * Begins to listen.
     *
     * @throws IOException naming host and port, if they cannot be had
     */
    public static HttpServer start(
            Listener where, Router router, EventLoops loops, LimitsConfig limits, BodyWorkers workers, Metrics metrics)
            throws IOException {
        var room = new BodyRoom(Runtime.getRuntime().maxMemory() / HEAP_DIVISOR);
        var bounds = new Served.Bounds(limits, room, ANSWER_TIMEOUT_MS);
        return start(where, new Served(where.name(), router, bounds, workers, metrics, where.proxies()), loops);
    }

    static HttpServer start(Listener where, Served served, EventLoops loops) throws IOException {
        return new HttpServer(where, served, loops);
    }

    /** Where it listens, with the port it got. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** How many connections are open, those that left HTTP included. */
    public int connectionsOpen() {
        return open.get();
    }

    /** From how many addresses there are connections that have left HTTP, or are about to, or requests that wait; 0 where that is not bounded. */
    public int clientAddresses() {
        return served.upgraded().kinds();
    }

    /** How many bytes the bodies hold that are being read or handled. */
    public long bodyBytesHeld() {
        return served.room().held();
    }

    /** How many TLS handshakes are under way. */
    public int handshakesUnderWay() {
        return handshakes == null ? 0 : handshakes.underWay();
    }

    private void onAccepted(Channel channel) {
        int now = open.incrementAndGet();
        channel.closeFuture().addListener(gone -> onClosed.run());
        int max = served.limits().connectionsMax();
        if (served.isDraining() || now > max + SURPLUS_MAX) {
            channel.close();
            return;
        }
        var connection = new HttpConnection(served, channel, now > max, onClosed);
        speakingHttp.add(connection);
        channel.closeFuture().addListener(gone -> onGone(connection));
        if (isOfProxy(channel)) {
            new ProxyOpening(served, channel, client -> {
                        connection.isFor(client);
                        install(connection);
                    })
                    .install(channel);
        } else {
            install(connection);
        }
        if (served.isDraining()) {
            channel.eventLoop().execute(connection::onDrain);
        }
    }

    /** Whether it begins with a header that is to be believed. */
    private boolean isOfProxy(Channel channel) {
        TrustedProxies proxies = served.proxies();
        return proxies.speakProxyProtocol()
                && channel.remoteAddress() instanceof InetSocketAddress peer
                && proxies.trusts(peer.getAddress());
    }

    private void install(HttpConnection connection) {
        if (handshakes == null) {
            connection.install(() -> onGone(connection));
        } else {
            Channel channel = connection.channel();
            new TlsOpening(handshakes, channel, () -> connection.install(() -> onGone(connection))).install(channel);
        }
    }

    private void onGone(HttpConnection connection) {
        speakingHttp.remove(connection);
        if (served.isDraining() && speakingHttp.isEmpty()) {
            closed.complete(null);
        }
    }

    /** Prepares the end: goes on answering, each connection once more, but lets nobody leave HTTP any more. */
    public void wane() {
        served.wane();
    }

    /**
     * Stops listening, lets requests in flight be answered, and completes when no connection speaks HTTP any more; what is left after the deadline is
     * closed. Connections that left HTTP are their new owner's.
     */
    public CompletableFuture<Void> close(long deadlineMs) {
        served.drain();
        listener.close().addListener(stopped -> {
            speakingHttp.forEach(connection -> connection.execute(connection::onDrain));
            if (speakingHttp.isEmpty()) {
                closed.complete(null);
            }
        });
        var late = loops.group().schedule(this::closeAll, deadlineMs, TimeUnit.MILLISECONDS);
        return closed.whenComplete((done, failure) -> late.cancel(false));
    }

    private void closeAll() {
        speakingHttp.forEach(connection -> connection.channel().close());
    }
}
