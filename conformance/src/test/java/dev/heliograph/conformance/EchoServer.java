package dev.heliograph.conformance;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig;
import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.Wire;
import dev.heliograph.http.BodyWorkers;
import dev.heliograph.http.EventLoops;
import dev.heliograph.http.HttpServer;
import dev.heliograph.http.Listener;
import dev.heliograph.http.Router;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.FrameLimits;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.MessageDeflater;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.websocket.Dialects;
import dev.heliograph.websocket.EchoDoor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The gateway's HTTP server on a free port of the loopback, with an {@link EchoDoor} at {@code /}. */
final class EchoServer implements AutoCloseable {
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final Map<EventLoop, OutboxContext> outboxes = new ConcurrentHashMap<>();
    private final Map<EventLoop, BareLoop> sockets = new ConcurrentHashMap<>();
    private final MessageDeflater deflater = new MessageDeflater(1, 0);
    private final Dialects dialects;
    private final EventLoops loops;
    private final HttpServer http;

    /** @param outboxBytesMax most bytes that wait for a client that does not read its echoes */
    EchoServer(ServerConfig.Transport transport, FrameLimits limits, int outboxBytesMax, UnaryOperator<Wire> fault)
            throws IOException {
        this(new Listener("echo", "127.0.0.1", 0), transport, limits, outboxBytesMax, fault);
    }

    EchoServer(
            Listener where,
            ServerConfig.Transport transport,
            FrameLimits limits,
            int outboxBytesMax,
            UnaryOperator<Wire> fault)
            throws IOException {
        loops = EventLoops.create(transport, 1, "echo");
        dialects = Dialects.compressing(new WireFormat(0, new NativeCodec(), Frames::text), 1, limits, deflater);
        var router = new Router();
        router.upgrade(
                "/",
                new EchoDoor(
                        dialects,
                        this::compressed,
                        fault,
                        loop -> outboxes.computeIfAbsent(loop, _ -> outboxContext(outboxBytesMax)),
                        loop -> sockets.computeIfAbsent(loop, EchoServer::bareLoop)));
        http = HttpServer.start(where, router, loops, LimitsConfig.DEFAULT, new BodyWorkers(1), metrics);
    }

    private byte[] compressed(byte[] text) {
        byte[] frame = deflater.frame(text);
        return frame != null ? frame : Frames.text(text);
    }

    private OutboxContext outboxContext(int bytesMax) {
        var cork = Unpooled.directBuffer(OutboxContext.CORK_BYTES);
        return new OutboxContext(cork, bytesMax, metrics, InstantSource.system(), System::nanoTime);
    }

    private static BareLoop bareLoop(EventLoop loop) {
        return new BareLoop((IoEventLoop) loop, scratch(), scratch(), scratch(), _ -> {});
    }

    private static ByteBuf scratch() {
        return Unpooled.directBuffer(OutboxContext.CORK_BYTES);
    }

    InetSocketAddress address() {
        return http.address();
    }

    String url() {
        return "ws://127.0.0.1:" + http.address().getPort() + "/";
    }

    @Override
    public void close() {
        http.close(2_000).orTimeout(10, TimeUnit.SECONDS).join();
        loops.close();
        dialects.close();
        outboxes.values().forEach(context -> context.cork().release());
        sockets.values().forEach(loop -> {
            loop.inbox().release();
            loop.opened().release();
            loop.sealed().release();
        });
    }
}
