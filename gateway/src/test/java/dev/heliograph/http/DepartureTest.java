package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.PlainWire;
import dev.heliograph.http.Departed.Bare;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The traps on the way out of a channel, each sprung on purpose. */
final class DepartureTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    private final LeakWatch watch = new LeakWatch();
    private final EventLoops loops = EventLoops.create(Transport.EPOLL, 1, "departure");
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<Departed> departed = new LinkedBlockingQueue<>();
    private final AtomicInteger freed = new AtomicInteger();
    private Channel listener;

    @BeforeEach
    void listen() {
        listener = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.add(channel);
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    @AfterEach
    void stop() throws InterruptedException {
        loops.close();
        assertEquals(List.of(), watch.leaks());
        watch.close();
    }

    private RawClient connect() throws Exception {
        return new RawClient((InetSocketAddress) listener.localAddress());
    }

    /** Lets the channel depart, and does something with it in the same task, before it has deregistered. */
    private void depart(Channel channel, Consumer<Departed> owner, Consumer<Channel> meanwhile) {
        channel.eventLoop()
                .submit(() -> {
                    Departure.of(channel, freed::incrementAndGet, owner);
                    meanwhile.accept(channel);
                })
                .syncUninterruptibly();
    }

    private void settle() {
        for (int i = 0; i < 3; i++) {
            loops.group().next().submit(() -> {}).syncUninterruptibly();
        }
    }

    @Test
    void bytesReadMeanwhile_areHandedOver_andTheChannelHasNoHandlerLeft() throws Exception {
        try (var client = connect()) {
            Channel channel = accepted.take();
            depart(channel, departed::add, busy -> busy.pipeline().fireChannelRead(Unpooled.copiedBuffer(HELLO)));
            var bare = (Bare) departed.take();
            assertArrayEquals(HELLO, ByteBufUtil.getBytes(bare.received()));
            bare.received().release();
            assertFalse(channel.isRegistered());
            bare.socket().close();
            assertTrue(client.isEnded());
        }
    }

    @Test
    void clientThatSpeaksAndEndsAtOnce_isHeard() throws Exception {
        try (var client = connect()) {
            Channel channel = accepted.take();
            depart(channel, EchoWire::start, _ -> {
                try {
                    client.send(HELLO).endSending();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertArrayEquals(HELLO, client.readBytes(HELLO.length));
            assertTrue(client.isEnded());
            TestServer.until(() -> freed.get() == 1);
        }
    }

    @Test
    void channelThatIsClosedMeanwhile_isNotHandedOver() throws Exception {
        try (var client = connect()) {
            depart(accepted.take(), departed::add, Channel::close);
            settle();
            assertEquals(0, departed.size());
            assertEquals(0, freed.get(), "the channel frees its own descriptor");
            assertTrue(client.isEnded());
        }
    }

    @Test
    void channelThatFailsMeanwhile_isNotHandedOver() throws Exception {
        try (var client = connect()) {
            depart(
                    accepted.take(),
                    departed::add,
                    busy -> busy.pipeline().fireExceptionCaught(new IOException("reset")));
            settle();
            assertEquals(0, departed.size());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void clientThatResetMeanwhile_endsWithItsNewOwner() throws Exception {
        var client = connect();
        Channel channel = accepted.take();
        client.send(HELLO);
        depart(channel, EchoWire::start, _ -> {
            try {
                client.reset();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        settle();
        TestServer.until(() -> freed.get() == 1 || !channel.isOpen());
    }

    @Test
    void clientThatSendsWithoutEnd_isNotKept() throws Exception {
        try (var client = connect()) {
            ByteBuf much =
                    Unpooled.buffer(Departure.RECEIVED_BYTES_MAX + 1).writeZero(Departure.RECEIVED_BYTES_MAX + 1);
            depart(accepted.take(), departed::add, busy -> busy.pipeline().fireChannelRead(much));
            settle();
            assertEquals(0, departed.size());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void oldChannel_closedLater_doesNotCloseTheDescriptorThatIsSomeoneElsesByThen() throws Exception {
        ByteBuf inbox = Unpooled.directBuffer(1024);
        try (var first = connect()) {
            Channel old = accepted.take();
            depart(old, departed::add, _ -> {});
            var bare = (Bare) departed.take();
            int number = bare.socket().intValue();
            var loop = new BareLoop((IoEventLoop) bare.eventLoop(), inbox);
            var wire = new PlainWire(bare.socket(), loop, bare.received(), bare.onClosed());
            bare.eventLoop().submit(() -> wire.close()).syncUninterruptibly();
            assertTrue(first.isEnded());
            assertEquals(1, freed.get());

            var others = new ArrayList<RawClient>();
            while (!isOpen(number)) {
                others.add(connect());
                depart(accepted.take(), EchoWire::start, _ -> {});
            }
            old.close().syncUninterruptibly();
            old.unsafe().closeForcibly();
            assertTrue(isOpen(number));
            for (RawClient other : others) {
                assertArrayEquals(HELLO, other.send(HELLO).readBytes(HELLO.length));
                other.close();
            }
            TestServer.until(() -> freed.get() == 1 + others.size());
        } finally {
            inbox.release();
        }
    }

    private static boolean isOpen(int descriptor) {
        return Files.exists(Path.of("/proc/self/fd/" + descriptor), LinkOption.NOFOLLOW_LINKS);
    }
}
