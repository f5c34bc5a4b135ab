package dev.heliograph.http;

import dev.heliograph.config.ServerConfig;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The threads that serve every connection of a gateway, and the kind of socket that fits them. All listeners of a gateway share them. Any thread.
 *
 * @param serverChannel what a listener of these loops is made of
 */
public record EventLoops(EventLoopGroup group, Class<? extends ServerChannel> serverChannel) implements AutoCloseable {
    /** More than none: a loop that may end at once can do so without closing what it watches. */
    private static final long QUIET_MS = 10;

    private static final long CLOSE_TIMEOUT_MS = 5_000;

    /**
     * @param count 0 means one per core
     * @param threadPrefix begins the threads' names
     * @throws IllegalStateException if epoll was asked for and this machine has none
     */
    public static EventLoops create(ServerConfig.Transport transport, int count, String threadPrefix) {
        return create(transport, count, threadPrefix, 0);
    }

    /** @param spinUs how long an epoll loop looks for work, after it had some, before it sleeps */
    public static EventLoops create(ServerConfig.Transport transport, int count, String threadPrefix, int spinUs) {
        boolean epoll = switch (transport) {
            case AUTO -> Epoll.isAvailable();
            case EPOLL -> requireEpoll();
            case NIO -> false;
        };
        IoHandlerFactory handlers = epoll ? epollHandlers(spinUs) : NioIoHandler.newFactory();
        int threads = count > 0 ? count : Runtime.getRuntime().availableProcessors();
        var group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(threadPrefix), handlers);
        return new EventLoops(group, epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    private static IoHandlerFactory epollHandlers(int spinUs) {
        long spinNanos = TimeUnit.MICROSECONDS.toNanos(spinUs);
        return spinUs == 0
                ? EpollIoHandler.newFactory()
                : EpollIoHandler.newFactory(0, () -> new Spinning(spinNanos, System::nanoTime));
    }

    private static boolean requireEpoll() {
        if (!Epoll.isAvailable()) {
            throw new IllegalStateException(
                    "server.transport is epoll, which this machine lacks; expected auto or nio here",
                    Epoll.unavailabilityCause());
        }
        return true;
    }

    /** Whether their connections can be bare sockets. */
    public boolean isEpoll() {
        return serverChannel == EpollServerSocketChannel.class;
    }

    /** Completes with whether each loop ran a task within that time. */
    public CompletableFuture<Boolean> answerWithin(long timeoutMs) {
        var beats = new ArrayList<CompletableFuture<Void>>();
        for (EventExecutor loop : group) {
            beats.add(CompletableFuture.runAsync(() -> {}, loop));
        }
        return CompletableFuture.allOf(beats.toArray(CompletableFuture[]::new))
                .thenApply(all -> true)
                .completeOnTimeout(false, timeoutMs, TimeUnit.MILLISECONDS)
                .exceptionally(refused -> false);
    }

    /** Ends the threads, once; waits for them. Not to be called on one of them. */
    @Override
    public void close() {
        group.shutdownGracefully(QUIET_MS, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT_MS);
    }
}
