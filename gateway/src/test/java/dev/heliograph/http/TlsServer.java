package dev.heliograph.http;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.config.TlsConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.TlsFailure;
import dev.heliograph.metrics.TlsHandshakeKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A {@link TestServer} that speaks TLS with the certificate in a folder. Its contexts' clock can be moved on. */
final class TlsServer implements AutoCloseable, InstantSource {
    final TestServer server;
    final TlsContexts contexts;
    /** Of the contexts; the server has its own. */
    final Metrics reloads = new Metrics(new SimpleMeterRegistry());

    private Duration ahead = Duration.ZERO;

    TlsServer(Path folder, SslProvider provider) throws IOException {
        this(folder, provider, TlsConfig.Version.TLS_1_2, LimitsConfig.DEFAULT);
    }

    TlsServer(Path folder, SslProvider provider, Transport transport) throws IOException {
        this(folder, provider, TlsConfig.Version.TLS_1_2, LimitsConfig.DEFAULT, transport);
    }

    TlsServer(Path folder, SslProvider provider, TlsConfig.Version minVersion, LimitsConfig limits) throws IOException {
        this(folder, provider, minVersion, limits, Transport.AUTO);
    }

    private TlsServer(
            Path folder, SslProvider provider, TlsConfig.Version minVersion, LimitsConfig limits, Transport transport)
            throws IOException {
        contexts = TlsContexts.open(TestCertificate.config(folder, minVersion), provider, reloads, this);
        server = new TestServer(limits, transport, new BodyWorkers(16), contexts);
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    void advance(Duration by) {
        ahead = ahead.plus(by);
    }

    /** One look at the files finds a change, the next takes it over. */
    void tickTwice() {
        contexts.onTick();
        contexts.onTick();
    }

    SSLSocket socket(SSLContext client, String... versions) throws IOException {
        var address = server.http.address();
        var socket = (SSLSocket) client.getSocketFactory().createSocket(address.getHostString(), address.getPort());
        return narrowed(socket, versions);
    }

    /** TLS over a socket that the test keeps a hand on. */
    SSLSocket over(Socket below, SSLContext client) throws IOException {
        var address = server.http.address();
        return narrowed((SSLSocket)
                client.getSocketFactory().createSocket(below, address.getHostString(), address.getPort(), false));
    }

    private static SSLSocket narrowed(SSLSocket socket, String... versions) throws IOException {
        socket.setSoTimeout(20_000);
        if (versions.length > 0) {
            socket.setEnabledProtocols(versions);
        }
        return socket;
    }

    RawClient connect(SSLContext client, String... versions) throws IOException {
        return new RawClient(socket(client, versions));
    }

    double handshakes(TlsHandshakeKind kind) {
        return server.metrics.value(Count.TLS_HANDSHAKES, kind);
    }

    double failures(TlsFailure reason) {
        return server.metrics.value(Count.TLS_HANDSHAKES_FAILED, reason);
    }

    double failures() {
        return Arrays.stream(TlsFailure.values()).mapToDouble(this::failures).sum();
    }

    @Override
    public void close() {
        server.close();
        contexts.close();
    }
}
