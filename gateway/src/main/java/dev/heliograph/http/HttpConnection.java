package dev.heliograph.http;

import dev.heliograph.config.Network;
import dev.heliograph.http.Resolution.Answered;
import dev.heliograph.http.Resolution.Upgrading;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.HttpRefusal;
import dev.heliograph.metrics.StatusClass;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection while it speaks HTTP: one request at a time, answered in order; what comes behind waits unread. Event loop, but for {@link #execute}.
 *
 * <pre>
 *            head              whole            answered, alive
 *  WAITING ────────▶ READING ────────▶ HANDLING ───────────────▶ WAITING
 *     │                 │ │                │ answered, last
 *     │ refused, late   │ │ upgrade        ▼
 *     └────────────────▶└─│─────────▶ LINGERING ───▶ GONE
 *                         ▼                             ▲
 *                     UPGRADING ────────────────────────┘
 * </pre>
 *
 * <p>An answer without an end goes from HANDLING by UPGRADING.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write or close that fails ends in channelInactive, which is where it matters
final class HttpConnection extends ChannelInboundHandlerAdapter {
    /** How long what a refused client still sends is read and dropped, so that it gets to read why. */
    static final long LINGER_MS = 2_000;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private enum Phase {
        WAITING,
        READING,
        HANDLING,
        UPGRADING,
        LINGERING,
        GONE
    }

    /** What the deadline is for. */
    private enum Wait {
        NOTHING,
        HEAD,
        BODY,
        ANSWER,
        DRAIN,
        REST,
        LINGER
    }

    private final Served served;
    private final Channel channel;
    private final boolean surplus;
    private final StrictRequestDecoder decoder;
    private final Deadline deadline;
    private Phase phase = Phase.WAITING;
    private Wait wait = Wait.NOTHING;
    private @Nullable Exchange exchange;
    private boolean answeredOne;
    private boolean lastRequest;
    private boolean inputEnded;
    private boolean delivering;
    private @Nullable InetAddress proxied;
    private Runnable onClosed;
    private Runnable onLeft = () -> {};

    /**
     * @param surplus whether it is over the bound of connections and only to be told so
     * @param onClosed run by whoever closes the connection if it has left its channel by then
     */
    HttpConnection(Served served, Channel channel, boolean surplus, Runnable onClosed) {
        this.served = served;
        this.channel = channel;
        this.surplus = surplus;
        this.onClosed = onClosed;
        this.decoder = new StrictRequestDecoder(this::mayRead);
        this.deadline = new Deadline(channel.eventLoop(), served::nanoTime, this::onLate);
    }

    /** @param onLeft run when the connection has left HTTP */
    void install(Runnable onLeft) {
        this.onLeft = onLeft;
        channel.pipeline().addLast("http-decoder", decoder).addLast("http", this);
    }

    Channel channel() {
        return channel;
    }

    /** Whom the proxy says that the connection is for; null: it speaks for itself. */
    void isFor(@Nullable InetAddress client) {
        proxied = client;
    }

    /** The address of who sent a request with that head. */
    InetAddress client(RequestHead head) {
        InetAddress peer = proxied != null ? proxied : ((InetSocketAddress) channel.remoteAddress()).getAddress();
        TrustedProxies proxies = served.proxies();
        return proxies.networks().isEmpty()
                ? peer
                : proxies.client(peer, head.headers().all("x-forwarded-for"));
    }

    /** Runs on the loop: now, if this is it. */
    void execute(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException loopEnded) {
            channel.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        served.metrics().increment(Count.HTTP_CONNECTIONS);
        await(Wait.HEAD);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        delivering = true;
        try {
            onMessage(message);
        } catch (Refused refusal) {
            onRefused(refusal);
        } finally {
            delivering = false;
            ReferenceCountUtil.release(message);
        }
        if (phase == Phase.HANDLING || phase == Phase.UPGRADING) {
            channel.config().setAutoRead(false);
        }
    }

    private void onMessage(Object message) throws Refused {
        if (message instanceof Refused refusal && phase != Phase.LINGERING && phase != Phase.GONE) {
            throw refusal;
        }
        if (message instanceof HttpRequest raw && phase == Phase.WAITING) {
            onHead(raw);
        }
        if (message instanceof HttpContent content && phase == Phase.READING) {
            onContent(content);
        }
    }

    private void onHead(HttpRequest raw) throws Refused {
        RequestHead head = RequestHead.of(raw);
        var fresh = new Exchange(this, served, head);
        if (surplus) {
            throw new Refused(HttpRefusal.CONNECTIONS, fresh.refusedForNow("too many connections are open"));
        }
        exchange = fresh;
        phase = Phase.READING;
        wait = Wait.NOTHING;
        if (fresh.resolution() instanceof Answered && head.hasBody()) {
            lastRequest = true;
            fresh.onWhole();
            return;
        }
        fresh.onHead();
        onExpectation(head);
    }

    private void onExpectation(RequestHead head) throws Refused {
        String expectation = head.http10() ? null : head.header("expect");
        if (expectation == null) {
            return;
        }
        if (!expectation.equalsIgnoreCase("100-continue")) {
            throw new Refused(
                    HttpRefusal.EXPECTATION,
                    Errors.json(417, "expectation_failed", "only 100-continue can be expected"));
        }
        if (head.hasBody()) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
        }
    }

    private void onContent(HttpContent content) throws Refused {
        Exchange current = exchange;
        if (current == null) {
            return;
        }
        if (content.decoderResult().isFailure()) {
            throw Refused.malformed("the chunked body is not as HTTP has it");
        }
        current.onContent(content.content());
        if (content instanceof LastHttpContent last) {
            if (!last.trailingHeaders().isEmpty()) {
                throw Refused.malformed("trailer fields are not accepted");
            }
            onWhole(current);
        }
    }

    private void onWhole(Exchange current) throws Refused {
        if (current.resolution() instanceof Upgrading(UpgradeHandler handler)) {
            if (served.isWaning()) {
                throw new Refused(HttpRefusal.DRAINING, Errors.draining());
            }
            await(Wait.ANSWER);
            phase = Phase.UPGRADING;
            onUpgrade(handler, new Upgrade(this, current.request(new byte[0])));
        } else {
            phase = Phase.HANDLING;
            current.onWhole();
            if (phase == Phase.HANDLING) {
                await(Wait.ANSWER); // most handlers have answered by now
            }
        }
    }

    private void onUpgrade(UpgradeHandler handler, Upgrade upgrade) {
        channel.config().setAutoRead(false);
        if (!enters(upgrade.request().client())) {
            served.count(HttpRefusal.CONNECTIONS_PER_ADDRESS);
            onUpgradeRefused(Errors.overloaded("too many connections are open from this address"));
            return;
        }
        try {
            handler.upgrade(upgrade);
        } catch (RuntimeException failure) {
            onUpgradeRefused(served.failed("an upgrade failed", failure));
        }
    }

    /** Counts the connection among those of its address until it is closed, by its channel or by whoever it is handed to. */
    boolean enters(InetAddress client) {
        int max = served.limits().connectionsPerAddressMax();
        if (max == 0) {
            return true;
        }
        Network whose = Network.ofOneClient(client);
        if (!served.upgraded().enter(whose, max)) {
            return false;
        }
        Runnable before = onClosed;
        onClosed = () -> {
            before.run();
            served.upgraded().leave(whose);
        };
        channel.closeFuture().addListener(_ -> served.upgraded().leave(whose));
        return true;
    }

    /** Counts one more for that address, until the task is run; null if there are as many as may be. */
    @Nullable
    Runnable entersForNow(InetAddress client) {
        int max = served.limits().connectionsPerAddressMax();
        Network whose = Network.ofOneClient(client);
        if (max == 0) {
            return () -> {};
        }
        return served.upgraded().enter(whose, max) ? () -> served.upgraded().leave(whose) : null;
    }

    void onUpgradeRefused(Response response) {
        if (phase == Phase.UPGRADING) {
            lastRequest = true;
            write(response, "close", false);
            finish(false);
        }
    }

    void onUpgradeAccepted(Map<String, String> headers, Consumer<Departed> owner) {
        if (phase != Phase.UPGRADING || !channel.isActive() || inputEnded) {
            channel.close();
            return;
        }
        try {
            var switching = new Response(101, headers, new byte[0]).with("Upgrade", "websocket");
            leave(switching, ResponseEncoder.head(channel.alloc(), switching, ""), owner);
        } catch (RuntimeException failure) {
            served.failed("an upgrade failed", failure);
            channel.close();
        }
    }

    /** The answer of the request at hand has no end: the connection leaves HTTP behind its head. */
    void onStream(Exchange streamed, Response response, Consumer<Departed> owner) {
        if (exchange != streamed || phase != Phase.HANDLING || !channel.isActive() || inputEnded) {
            channel.close();
            return;
        }
        phase = Phase.UPGRADING;
        channel.config().setAutoRead(false);
        try {
            leave(response, ResponseEncoder.open(channel.alloc(), response), owner);
        } catch (RuntimeException failure) {
            served.failed("a stream failed", failure);
            channel.close();
        }
    }

    private void leave(Response response, ByteBuf head, Consumer<Departed> owner) {
        StatusClass answered = StatusClass.of(response.status());
        channel.writeAndFlush(head).addListener(sent -> onLeaving(sent.isSuccess(), answered, owner));
    }

    private void onLeaving(boolean sent, StatusClass answered, Consumer<Departed> owner) {
        if (!sent || phase != Phase.UPGRADING || !channel.isActive()) {
            channel.close();
            return;
        }
        try {
            served.metrics().increment(Count.HTTP_ANSWERS, answered);
            phase = Phase.GONE;
            exchange = null;
            deadline.clear();
            Departure.of(channel, onClosed, owner, decoder, this);
            onLeft.run();
        } catch (RuntimeException failure) {
            served.failed("an upgrade failed", failure);
            channel.close();
        }
    }

    private void onRefused(Refused refusal) {
        served.count(refusal.reason());
        Exchange current = exchange;
        Response response = refusal.response();
        boolean bodyless = false;
        if (current != null) {
            current.end();
            response = current.decorated(response);
            bodyless = current.head().method().equals("HEAD");
        }
        write(response, "close", bodyless);
        finish(false);
    }

    /** The answer of the request at hand; one that comes after the connection has given up on it is dropped. */
    void onAnswer(Exchange answered, Response response) {
        if (exchange != answered || (phase != Phase.HANDLING && phase != Phase.READING)) {
            return;
        }
        RequestHead head = answered.head();
        boolean whole = phase == Phase.HANDLING;
        boolean alive = head.keepAlive() && !lastRequest && !served.isWaning();
        write(
                response,
                alive ? head.http10() ? "keep-alive" : "" : "close",
                head.method().equals("HEAD"));
        exchange = null;
        answeredOne = true;
        if (alive) {
            phase = Phase.WAITING;
            wait = Wait.NOTHING;
            resume();
        } else {
            finish(whole && !decoder.holdsBytes());
        }
    }

    private void write(Response response, String connection, boolean bodyless) {
        Response sent = response;
        ByteBuf whole;
        try {
            whole = ResponseEncoder.whole(channel.alloc(), sent, connection, bodyless);
        } catch (IllegalArgumentException bad) {
            sent = served.failed("an answer cannot be written", bad);
            whole = ResponseEncoder.whole(channel.alloc(), sent, connection, bodyless);
        }
        served.metrics().increment(Count.HTTP_ANSWERS, StatusClass.of(sent.status()));
        channel.write(whole, channel.voidPromise());
    }

    /** Goes on with what came while a request was answered; where the decoder is calling, it does so by itself. */
    private void resume() {
        if (delivering) {
            return;
        }
        try {
            decoder.onResume();
        } catch (Exception failure) {
            onFailure(failure);
        }
        onProgress();
    }

    private void onProgress() {
        channel.flush();
        switch (phase) {
            case WAITING -> onWaiting();
            case READING -> await(Wait.BODY);
            default -> {}
        }
        boolean reads = mayRead() || phase == Phase.LINGERING;
        if (phase != Phase.GONE && channel.config().isAutoRead() != reads) {
            channel.config().setAutoRead(reads);
        }
    }

    private void onWaiting() {
        if (!channel.isWritable()) {
            await(Wait.DRAIN);
        } else if (inputEnded || (lastRequest && !decoder.holdsBytes())) {
            finish(true);
        } else if (decoder.holdsBytes() || !answeredOne) {
            await(Wait.HEAD);
        } else {
            await(Wait.REST);
        }
    }

    private boolean mayRead() {
        return phase == Phase.READING || (phase == Phase.WAITING && channel.isWritable());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        onProgress();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && phase == Phase.WAITING) {
            channel.eventLoop().execute(this::resume);
        }
    }

    /** Writes out and closes: at once if the client has nothing more to say, else after it has had the time to read. */
    private void finish(boolean quiet) {
        phase = Phase.LINGERING;
        exchange = null;
        decoder.onStop();
        await(Wait.LINGER);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (quiet || inputEnded || !written.isSuccess()) {
                channel.close();
            } else {
                TlsEnd.shutdownOutput(channel);
                channel.config().setAutoRead(true);
            }
        });
    }

    private void await(Wait next) {
        if (wait == next) {
            return;
        }
        wait = next;
        deadline.set(
                switch (next) {
                    case HEAD -> served.limits().headersTimeoutMs();
                    case BODY, DRAIN -> served.limits().bodyTimeoutMs();
                    case REST -> served.limits().idleTimeoutMs();
                    case ANSWER -> served.answerTimeoutMs();
                    case LINGER, NOTHING -> LINGER_MS;
                });
    }

    private void onLate() {
        switch (wait) {
            case HEAD -> onLateRequest(decoder.holdsBytes());
            case BODY -> onLateRequest(true);
            case ANSWER -> onLateAnswer();
            default -> channel.close();
        }
    }

    private void onLateRequest(boolean begun) {
        if (begun) {
            onRefused(new Refused(
                    HttpRefusal.TIMEOUT, Errors.json(408, "timeout", "the request did not arrive in time")));
        } else {
            channel.close();
        }
    }

    private void onLateAnswer() {
        Exchange current = exchange;
        lastRequest = true;
        if (phase == Phase.HANDLING && current != null) {
            current.accept(served.failed("a handler did not answer", new IllegalStateException("no answer")));
        } else {
            channel.close();
        }
    }

    /** The server ends: this request, if there is one, is the last. */
    void onDrain() {
        lastRequest = true;
        if (phase == Phase.WAITING) {
            onProgress();
        } else if (phase == Phase.HANDLING && exchange != null) {
            exchange.onGone();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            return;
        }
        inputEnded = true;
        if (phase == Phase.READING) {
            onRefused(Refused.malformed("the request ended before its body did"));
        } else if (phase == Phase.LINGERING) {
            channel.close();
        } else if (phase == Phase.HANDLING && exchange != null) {
            exchange.onGone(); // it may still read what there is
        } else {
            onProgress();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.GONE;
        deadline.clear();
        Exchange current = exchange;
        exchange = null;
        if (current != null && wait != Wait.ANSWER) {
            current.end();
        }
        if (current != null) {
            current.onGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        onFailure(cause);
    }

    private void onFailure(Throwable cause) {
        if (!(cause instanceof IOException)) {
            served.failed("a connection failed", cause);
        }
        channel.close();
    }
}
