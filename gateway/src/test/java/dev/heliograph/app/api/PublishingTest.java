package dev.heliograph.app.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.app.Announcer;
import dev.heliograph.app.App;
import dev.heliograph.app.Apps;
import dev.heliograph.app.SocketIds;
import dev.heliograph.broker.Broker;
import dev.heliograph.broker.disk.DiskBroker;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.config.ConfigException;
import dev.heliograph.config.ConfigLoader;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.limit.Rate;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.presence.Rosters;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.protocol.pusher.QueryParameters;
import dev.heliograph.publish.ChannelRates;
import dev.heliograph.publish.RatedBroker;
import dev.heliograph.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a request whose events have nowhere to go, which gateways in other tests do not come to. */
@SuppressWarnings("NullAway.Init") // set up before each test
final class PublishingTest {
    private static final String CONFIG = """
            admin: {token: admin-token-0123456789}
            page: {enabled: false}
            workspaces: {acme: {pusher: {appId: "1", keys: [{key: shop-key, secret: shop-secret}]}}}
            """;

    @TempDir
    private Path folder;

    private Apps apps;

    @BeforeEach
    void configure() throws ConfigException {
        apps = new Apps(
                ConfigLoader.parse(CONFIG, Path.of("."), Map.of()).config().workspaces());
    }

    private static MemoryBroker memory(int channelsMax) {
        var budget = new WorkspaceBudget(Long.MAX_VALUE, channelsMax);
        return new MemoryBroker(
                _ -> new HistoryLimits(10, 1 << 20, 60_000),
                _ -> budget,
                (_, _) -> {},
                InstantSource.system(),
                () -> "e");
    }

    private CompletableFuture<Response> publish(Broker broker) throws ApiException {
        var announcer = new Announcer(apps, broker, (_, _, _) -> {}, System::nanoTime, Runnable::run);
        var rosters = new Rosters<PresenceMember>(announcer, System::nanoTime, 0);
        var rates =
                new ChannelRates(_ -> new Rate(1_000, 1_000), new Metrics(new SimpleMeterRegistry()), System::nanoTime);
        var publishing = new Publishing(
                new RatedBroker(broker, rates),
                new SocketIds(),
                new ChannelStates(broker, rosters, InstantSource.system(), 0));
        byte[] body = "{\"name\":\"n\",\"data\":\"1\",\"channels\":[\"a\",\"b\"]}".getBytes(StandardCharsets.UTF_8);
        var request =
                new Request("POST", "/apps/1/events", Map.of(), Map.of(), body, InetAddress.getLoopbackAddress(), 0);
        App app = Objects.requireNonNull(apps.withId("1"));
        return publishing.event(app, new String[] {"1", "events"}, request, QueryParameters.of(Map.of()));
    }

    @Test
    void aChannelThatHasNoRoom_andThatNobodyIsSubscribedTo_doesNotHaveTheOthersSentAgain() throws ApiException {
        assertEquals(200, publish(memory(1)).join().status());
    }

    /** What is to be kept and is not was not published, even if nobody would have heard it. */
    @Test
    void aDiskThatHasFailed_isTold_alsoWhereNobodyIsSubscribed() throws ApiException, IOException {
        Store store = Store.open(folder);
        var keeping = new DiskBroker.Keeping(_ -> true, 60_000, 10, 60_000, 10);
        var metrics = new Metrics(new SimpleMeterRegistry());
        DiskBroker broker = DiskBroker.open(store, memory(10), keeping, metrics, InstantSource.system());
        assertEquals(200, publish(broker).join().status());
        store.close();
        for (int i = 0; i < 2; i++) {
            CompletableFuture<Response> answer = publish(broker);
            var refused = assertThrows(CompletionException.class, answer::join);
            assertInstanceOf(ProtocolException.class, refused.getCause());
        }
    }
}
