package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.config.PusherConfig;
import dev.heliograph.config.PusherKeyConfig;
import dev.heliograph.config.Secret;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ProtocolException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is told under channels' locks never waits for another channel's. */
final class AnnouncerTest {
    private static final int CHANNELS_MAX = 4;
    private static final int ROUNDS = 20_000;

    private static Apps apps() {
        var app = new PusherConfig(
                "1",
                true,
                List.of(new PusherKeyConfig("key", new Secret("a-secret"))),
                true,
                10,
                true,
                false,
                PusherConfig.SubscriptionErrors.CHANNEL,
                0,
                100,
                10_240,
                100,
                null,
                "",
                false,
                List.of(),
                null);
        var workspace = new WorkspaceConfig(
                "acme", List.of(), null, null, List.of(), List.of(), null, List.of(), Map.of(), app);
        return new Apps(Map.of("acme", workspace));
    }

    /** As the workspace is full, each new channel looks at all others for one to give up. */
    @Test
    void manyThreadsInAFullWorkspace_comeAndGo_andNeitherHangNorMiscount() throws Exception {
        var budget = new WorkspaceBudget(Long.MAX_VALUE, CHANNELS_MAX);
        var epochs = new AtomicInteger();
        var broker = new MemoryBroker(
                _ -> new HistoryLimits(0, 0, 0),
                _ -> budget,
                (_, _) -> {},
                InstantSource.system(),
                () -> "e" + epochs.incrementAndGet());
        try (ExecutorService offLock = Executors.newSingleThreadExecutor();
                ExecutorService loops = Executors.newFixedThreadPool(3)) {
            broker.watch(new Announcer(apps(), broker, (_, _, _) -> {}, System::nanoTime, offLock));
            var running = new ArrayList<Future<?>>();
            for (int loop = 0; loop < 3; loop++) {
                int number = loop;
                running.add(loops.submit(() -> comeAndGo(broker, number)));
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
            for (int i = 0; i < 6; i++) {
                assertEquals(0, broker.subscribers(new ChannelId("acme", "news-" + i)));
            }
            assertTrue(broker.channels() <= CHANNELS_MAX);
        }
    }

    private static void comeAndGo(MemoryBroker broker, int loop) {
        for (int i = 0; i < ROUNDS; i++) {
            var channel = new ChannelId("acme", "news-" + (loop + i) % 6);
            try {
                broker.joined(channel, loop, true);
                broker.left(channel, loop, true);
            } catch (ProtocolException full) {
                Thread.onSpinWait();
            }
        }
    }
}
