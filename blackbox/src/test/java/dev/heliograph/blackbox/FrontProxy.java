package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real nginx or haproxy in the foreground, on a free port of the loopback. Any thread. */
final class FrontProxy implements AutoCloseable {
    private static final int READY_SECONDS = 20;
    /** Where servers lie that are not on every user's path. */
    private static final String SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/local/bin";

    private final Process process;
    private final Path log;
    private final int port;

    private FrontProxy(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /**
     * @param folder for its configuration and what it leaves behind
     * @param server the {@code server} block without its braces, {@code %d} where the port goes
     */
    static FrontProxy nginx(Path folder, String server) throws Exception {
        Path home = Files.createTempDirectory(folder, "nginx-");
        int port = freePort();
        Path config = Files.writeString(home.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr;
                events {}
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    server {
                %s
                    }
                }
                """.formatted(server.formatted(port)));
        return start(home, port, program("nginx"), "-e", "stderr", "-p", home.toString(), "-c", config.toString());
    }

    /** @param proxy what follows {@code listen}, with {@code %d} where the port goes */
    static FrontProxy haproxy(Path folder, String proxy) throws Exception {
        Path home = Files.createTempDirectory(folder, "haproxy-");
        int port = freePort();
        Path config = Files.writeString(home.resolve("haproxy.cfg"), """
                defaults
                    timeout connect 5s
                    timeout check 5s
                    timeout client 30s
                    timeout server 30s
                    timeout tunnel 1m
                listen front
                %s
                """.formatted(proxy.formatted(port)));
        return start(home, port, program("haproxy"), "-db", "-f", config.toString());
    }

    private static String program(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + SYSTEM_FOLDERS;
        return Stream.of(path.split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseGet(() -> fail(name + " is missing: sudo apt-get install " + name));
    }

    private static FrontProxy start(Path home, int port, String... command) throws Exception {
        Path log = home.resolve("log");
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var proxy = new FrontProxy(process, log, port);
        try {
            proxy.awaitListening();
            return proxy;
        } catch (Exception | AssertionError notReady) {
            proxy.close();
            throw notReady;
        }
    }

    private void awaitListening() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (process.isAlive() && System.nanoTime() - deadline < 0) {
            try (Socket socket = new Socket()) {
                socket.connect(address(), 1_000);
                return;
            } catch (IOException notYet) {
                Thread.sleep(20);
            }
        }
        fail(process.info().command() + " does not listen:\n" + log());
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(READY_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
