package dev.heliograph.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gateway in a process of its own that keeps its history in a folder, so that it can be killed. One thread. */
final class GatewayProcess implements AutoCloseable {
    private static final int GIVE_UP_SECONDS = 30;

    private final Process process;
    private final InetSocketAddress address;
    private final InetSocketAddress admin;

    private GatewayProcess(Process process, BufferedReader lines) throws IOException {
        this.process = process;
        String line = lines.readLine();
        while (line != null && !line.startsWith("ports ")) {
            line = lines.readLine();
        }
        if (line == null) {
            throw new IOException("the gateway ended before it was ready");
        }
        String[] ports = line.split(" ", -1);
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ports[1]));
        admin = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ports[2]));
        Thread.ofVirtual().start(() -> lines.lines().forEach(_ -> {})); // so that it never waits for us
    }

    static GatewayProcess start(Path folder) throws IOException {
        return start(folder, List.of());
    }

    /** One whose files may not become larger than so many KiB: what is written behind fails, as on a disk that is full. */
    static GatewayProcess startWithDiskOf(Path folder, int kibibytes) throws IOException {
        return start(folder, List.of("bash", "-c", "ulimit -f " + kibibytes + " && exec \"$@\"", "bash"));
    }

    private static GatewayProcess start(Path folder, List<String> before) throws IOException {
        var command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayProcess.class.getName(),
                folder.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return new GatewayProcess(process, process.inputReader(StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    public static void main(String[] args) throws Exception {
        String settings = "history: {store: disk}\nstore: {folder: \"" + args[0] + "\"}\n";
        try (TestGateway gateway = TestGateway.start(settings)) {
            System.out.println("ports " + gateway.address().getPort() + " "
                    + gateway.adminAddress().getPort());
            Thread.currentThread().join();
        }
    }

    WsClient connect() throws IOException {
        return connect(TestToken.acme());
    }

    WsClient connect(TestToken token) throws IOException {
        WsClient client = WsClient.open(address, "/ws", "Authorization: Bearer " + token.text());
        client.expect("connected");
        return client;
    }

    /** Posts what a producer sends, and is told that it is there. */
    void post(String path, String body, String... headers) throws IOException {
        TestGateway.Answer answer = TestGateway.http(address, "POST", path, body, headers);
        if (answer.status() != 200) {
            throw new IOException(path + " was answered with " + answer);
        }
    }

    /** Events of {@code acme-web}, one or a batch. */
    void ingest(String body) throws IOException {
        post(body.startsWith("{\"batch\"") ? "/v1/batch" : "/v1/track", body, "X-Write-Key: acme-web-key");
    }

    /** What the operator asks for, answered. */
    TestGateway.Answer operate(String method, String target, String body) throws IOException {
        return TestGateway.http(admin, method, target, body, "Authorization: Bearer " + TestGateway.ADMIN_TOKEN);
    }

    /** As {@code kill -9}, at once. */
    void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().orTimeout(GIVE_UP_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }
}
