package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.config.ConfigException;
import dev.heliograph.config.ConfigLoader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A whole gateway on free ports of the loopback with two workspaces, {@code acme} and {@code other}, that have the same shape and different secrets. Its wall
 * clock can be moved on; its timers are real.
 */
public final class TestGateway implements AutoCloseable {
    public static final String ADMIN_TOKEN = "admin-token-0123456789";
    public static final String WEBHOOK_SECRET = "webhook-secret-0123456789";
    /** Where ingested events of environment prod go. */
    public static final String EVENTS = "private-prod-segment-events";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long GIVE_UP_SECONDS = 20;
    private static final int GIVE_UP_MS = 20_000;

    private static final String WORKSPACE = """
              %1$s:
                origins: ["https://app.%1$s.test"]
                audience: heliograph
                keys:
                  - {kid: %1$s-1, algorithm: HS256, secret: %2$s}
                anonymous: ["public-*"]
                pseudonymKey: %1$s-pseudonyms-0123456789abcdef0123456789
                namespaces:
                  - {pattern: "private-quiet-segment-events*", historyCount: 0}
                  - {pattern: "none-*", historyCount: 0}
                  - {pattern: "short-*", historyCount: 10, historyAgeMs: 1h}
                  - {pattern: "long-*", historyCount: 100000, historyBytesMax: 256MiB, historyAgeMs: 1h}
                environments:
                  prod:
                    sources:
                      %1$s-web:
                        writeKeys: [%1$s-web-key]
                        webhookSecrets: [%3$s]
                        privacy: {properties: [checkpoint, value, email], traits: [plan]}
                  quiet:
                    sources:
                      %1$s-quiet:
                        writeKeys: [%1$s-quiet-key]
            """;

    private final Gateway gateway;
    private final MovableClock clock;

    private TestGateway(Gateway gateway, MovableClock clock) {
        this.gateway = gateway;
        this.clock = clock;
    }

    /** One HTTP answer. */
    public record Answer(int status, String body) {}

    /** With the default limits. */
    public static TestGateway start() throws IOException {
        return start("");
    }

    /** @param settings further top-level settings, e.g. {@code limits: {authTimeoutMs: 300}} */
    public static TestGateway start(String settings) throws IOException {
        return start("", settings);
    }

    /** @param server further settings of the server, e.g. {@code , transport: nio} */
    public static TestGateway start(String server, String settings) throws IOException {
        String yaml = """
                server: {port: 0, eventLoops: 2, node: test%s}
                admin: {port: 0, token: %s}
                page: {enabled: false}
                %s
                workspaces:
                """.formatted(server, ADMIN_TOKEN, settings)
                + WORKSPACE.formatted("acme", TestToken.ACME_SECRET, WEBHOOK_SECRET)
                + WORKSPACE.formatted("other", TestToken.OTHER_SECRET, WEBHOOK_SECRET);
        return ofYaml(yaml);
    }

    /** @param yaml a whole configuration, its admin token {@link #ADMIN_TOKEN}; where it says nothing of it, channels take what comes, as tests are fast */
    public static TestGateway ofYaml(String yaml) throws IOException {
        var clock = new MovableClock();
        try {
            var loaded = ConfigLoader.parse(
                    yaml,
                    Path.of("."),
                    yaml.contains("channelRatePerSecond")
                            ? Map.of()
                            : Map.of("HELIOGRAPH_LIMITS_CHANNEL_RATE_PER_SECOND", "0"));
            return new TestGateway(Gateway.start(loaded.config(), clock), clock);
        } catch (ConfigException wrong) {
            throw new AssertionError(wrong);
        }
    }

    public InetSocketAddress address() {
        return gateway.address();
    }

    public InetSocketAddress adminAddress() {
        return gateway.adminAddress();
    }

    /** Moves the wall clock on; expiries are looked at about once a second. */
    public void advance(Duration by) {
        clock.advance(by);
    }

    /** The gateway's wall clock, in milliseconds since the epoch. */
    public long millis() {
        return clock.millis();
    }

    /** A connection that shows its token with the upgrade, its {@code connected} read. */
    public WsClient connect(TestToken token) throws IOException {
        WsClient client = WsClient.open(this, "/ws", "Authorization: Bearer " + token.text());
        client.expect("connected");
        return client;
    }

    /** Posts a JSON body as SDKs do. */
    public Answer post(String path, String body, String... headers) throws IOException {
        return http(address(), "POST", path, body, headers);
    }

    /** Any request, answered. */
    public Answer ask(String method, String target, String body, String... headers) throws IOException {
        return http(address(), method, target, body, headers);
    }

    /** What the operator sees. */
    public JsonNode statez() throws IOException {
        return JSON.readTree(admin("/statez"));
    }

    /** The value of one line of {@code /metrics}, e.g. {@code heliograph_connections_open}; 0 if it is not there. */
    public double metric(String line) throws IOException {
        for (String text : admin("/metrics").split("\n", -1)) {
            if (text.startsWith(line + " ")) {
                return Double.parseDouble(text.substring(line.length() + 1));
            }
        }
        return 0;
    }

    /** Waits for a counter of connections that ended: a client reads the Close frame before its connection is counted. */
    public void untilClosed(String reason, int count) throws IOException, InterruptedException {
        String line = "heliograph_connections_closed_total{reason=\"" + reason + "\"}";
        until(count + " closed for " + reason, () -> metric(line) == count);
    }

    private String admin(String path) throws IOException {
        Answer answer = http(gateway.adminAddress(), "GET", path, "", "Authorization: Bearer " + ADMIN_TOKEN);
        if (answer.status() != 200) {
            fail(path + " answered " + answer);
        }
        return answer.body();
    }

    /** What the operator asks for, answered. */
    public Answer operate(String method, String target, String body) throws IOException {
        return http(gateway.adminAddress(), method, target, body, "Authorization: Bearer " + ADMIN_TOKEN);
    }

    /** The same with another token than the operator's. */
    public Answer operateAs(String token, String method, String target) throws IOException {
        return http(gateway.adminAddress(), method, target, "", "Authorization: Bearer " + token);
    }

    /** Done when the drain is over. */
    public CompletableFuture<Void> drained() {
        return gateway.drain().done();
    }

    public void hurryDrain() {
        gateway.drain().hurry();
    }

    static Answer http(InetSocketAddress to, String method, String path, String body, String... headers)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        var request =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        request.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        try (var socket = new Socket()) {
            socket.setSoTimeout(GIVE_UP_MS);
            socket.connect(to);
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(bytes);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int head = answer.indexOf("\r\n\r\n");
            return new Answer(Integer.parseInt(answer.substring(9, 12)), answer.substring(head + 4));
        }
    }

    /** A condition that may fail to be looked at. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits for what another thread brings about. */
    public static void until(String what, Condition condition) throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(GIVE_UP_SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() - giveUp > 0) {
                fail("did not come about: " + what);
            }
            Thread.sleep(5);
        }
    }

    /** Waits until no connection is left, and checks that the gateway has let go of everything that belonged to one. */
    public void untilEmpty() throws IOException, InterruptedException {
        until("no connection is open", () -> metric("heliograph_connections_open") == 0);
        until("no channel is occupied", () -> statez().at("/channels/occupied").asInt() == 0);
        until("no WebSocket is left on the listener", () -> metric("heliograph_http_connections_open") == 0);
    }

    @Override
    public void close() {
        gateway.close();
    }

    /** The system's clock, but for how far it was moved on. */
    private static final class MovableClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void advance(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
