package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.FakeWire;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.MessageDeflater;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many subscribers with and without compression on several loops: each publication is made ready once for each kind. */
final class CompressedFanOutTest {
    private static final ChannelId CHANNEL = new ChannelId("acme", "wide");
    private static final int LOOPS = 4;
    private static final int SUBSCRIBERS = 25;
    private static final int PUBLICATIONS = 10;

    private final List<EmbeddedChannel> loops = new ArrayList<>();
    private final LoopHub[] hubs = new LoopHub[LOOPS];
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final CountingCodec codec = new CountingCodec();
    private final MessageDeflater deflater = new MessageDeflater(1, 256);
    private final WireFormat plain = new WireFormat(0, codec, Frames::text);
    private final WireFormat deflated = plain.deflated(1, deflater);
    private final MemoryBroker broker;

    CompressedFanOutTest() {
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        broker = new MemoryBroker(
                _ -> new HistoryLimits(100, 1 << 30, Long.MAX_VALUE),
                _ -> budget,
                new Broadcaster(hubs, System::nanoTime, metrics.usage()),
                InstantSource.system(),
                () -> "e");
        for (int i = 0; i < LOOPS; i++) {
            var loop = new EmbeddedChannel();
            loops.add(loop);
            hubs[i] = new LoopHub(
                    new LoopThread(i, loop.eventLoop(), LoopThread.SLICE_DELIVERIES, loop.eventLoop()::execute),
                    broker,
                    new Batch(Unpooled.buffer()),
                    metrics,
                    new LoopRecorder(System::nanoTime));
        }
    }

    @AfterEach
    void close() {
        deflater.close();
    }

    private List<FakeWire> subscribe(WireFormat format) {
        var wires = new ArrayList<FakeWire>();
        for (LoopHub hub : hubs) {
            for (int i = 0; i < SUBSCRIBERS; i++) {
                var wire = new FakeWire();
                var context = new OutboxContext(
                        Unpooled.buffer(), 1 << 20, metrics, InstantSource.system(), System::nanoTime);
                hub.subscribe(CHANNEL, new Outbox(wire, format, context), SubscribeOptions.NONE, null, Joining::start);
                wires.add(wire);
            }
        }
        return wires;
    }

    private void publish(String data) {
        broker.publish(new Draft(CHANNEL, "message", RawJson.of(data), null, 0, 0), _ -> {});
        loops.forEach(EmbeddedChannel::runPendingTasks);
    }

    @Test
    void longPublications_areEncodedOncePerKind_andAllOfAKindGetTheSameBytes() {
        List<FakeWire> narrow = subscribe(deflated);
        List<FakeWire> wide = subscribe(plain);
        for (int i = 0; i < PUBLICATIONS; i++) {
            publish("\"" + "again and ".repeat(100) + "\"");
        }
        assertEquals(2 * PUBLICATIONS, codec.encoded, "one for each kind, not one for each of " + wide.size());
        byte[] small = theSameOnAll(narrow);
        byte[] big = theSameOnAll(wide);
        assertTrue(
                big.length > PUBLICATIONS * 1_000 && small.length < big.length / 3, small.length + ", " + big.length);
        assertEquals((byte) 0xC1, small[0]);
        assertEquals((byte) 0x81, big[0]);
    }

    @Test
    void shortPublications_areEncodedOnceForBothKinds() {
        List<FakeWire> all = new ArrayList<>(subscribe(deflated));
        all.addAll(subscribe(plain));
        for (int i = 0; i < PUBLICATIONS; i++) {
            publish("1");
        }
        assertEquals(PUBLICATIONS, codec.encoded);
        assertEquals((byte) 0x81, theSameOnAll(all)[0]);
    }

    private static byte[] theSameOnAll(List<FakeWire> wires) {
        assertTrue(wires.size() >= LOOPS * SUBSCRIBERS);
        var different = new HashSet<String>();
        for (FakeWire wire : wires) {
            different.add(HexFormat.of().formatHex(wire.bytes()));
        }
        assertEquals(1, different.size());
        return wires.getFirst().bytes();
    }

    /** Counts the publications it encodes. */
    private static final class CountingCodec implements Codec {
        private final NativeCodec codec = new NativeCodec();
        private int encoded;

        @Override
        public ClientMessage decode(ByteBuf text) throws DecodeException {
            return codec.decode(text);
        }

        @Override
        public byte[] encode(ServerMessage message, long nowMs) {
            return codec.encode(message, nowMs);
        }

        @Override
        public byte[] encode(Publication publication) {
            encoded++;
            return codec.encode(publication);
        }
    }
}
