package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two thousand clients that stop reading, beside a hundred that do not, at a gateway with a heap of 512 MiB. */
final class StalledClientsTest {
    private static final int STALLED = 2_000;
    private static final int HEALTHY = 100;
    private static final int WARM_UP = 400;
    private static final int CALM = 400;
    private static final int RATE = 100;
    private static final int DATA_BYTES = 4_096;
    private static final long END_SECONDS = 60;
    private static final long P99_GROWTH_MS = 50;
    private static final long KEPT_MIB = 16;
    private static final String CHANNEL = "broadcast";
    private static final Pattern AT = Pattern.compile("\"at\":(\\d+)");

    @TempDir
    private Path home;

    @Test
    void clientsThatStopReading_endInTheirRung_othersDoNotNotice_andMemoryReturns() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.startWith("-Xmx512m", home);
                Gauges gauges = new Gauges(gateway.demo())) {
            List<Reader> readers = readers(gateway.demo());
            RawWebSocket publisher = RawWebSocket.open(gateway.demo());
            publish(publisher, 0, WARM_UP + CALM, () -> false);
            awaitAll(readers, WARM_UP + CALM);
            long p99Before = p99Ms(readers, WARM_UP);
            long usedBefore = usedMib(gateway.pid());

            List<RawWebSocket> stalled = stalled(gateway.demo());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
            int published = publish(
                    publisher,
                    WARM_UP + CALM,
                    Integer.MAX_VALUE,
                    () -> gauges.closedAsSlow() >= STALLED || System.nanoTime() > deadline);
            awaitAll(readers, published);
            long p99Beside = p99Ms(readers, WARM_UP + CALM);
            System.out.println("healthy p99: " + p99Before + " ms before, " + p99Beside + " ms beside " + STALLED
                    + " stalled clients; " + (published - WARM_UP - CALM) + " publications until all were closed");

            assertEquals(STALLED, gauges.closedAsSlow());
            assertTrue(gauges.value("heliograph_deliveries_dropped_total") >= STALLED, "each had lost something");
            assertEquals(0, gauges.value("heliograph_backlog_bytes"));
            assertTrue(p99Beside <= p99Before + P99_GROWTH_MS, p99Before + " ms, then " + p99Beside + " ms");
            for (RawWebSocket one : stalled) {
                one.close();
            }
            long usedAfter = usedMib(gateway.pid());
            System.out.println("heap in use: " + usedBefore + " MiB before, " + usedAfter + " MiB after");
            assertTrue(usedAfter <= usedBefore + KEPT_MIB, usedBefore + " MiB, then " + usedAfter + " MiB");
            assertFalse(gateway.log().contains("OutOfMemoryError"), gateway::log);
        }
    }

    private static List<Reader> readers(Demo demo) throws IOException {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < HEALTHY; i++) {
            readers.add(new Reader(subscribed(RawWebSocket.open(demo))));
        }
        return readers;
    }

    private static List<RawWebSocket> stalled(Demo demo) throws IOException {
        List<RawWebSocket> stalled = new ArrayList<>();
        for (int i = 0; i < STALLED; i++) {
            stalled.add(subscribed(RawWebSocket.openNarrow(demo)));
        }
        return stalled;
    }

    private static RawWebSocket subscribed(RawWebSocket socket) throws IOException {
        socket.say("{\"type\":\"subscribe\",\"channel\":\"" + CHANNEL + "\",\"payload\":{}}");
        socket.readMessage("subscribed");
        return socket;
    }

    /** At a steady rate; what is late is not made up for. Returns how many there are then. */
    private static int publish(RawWebSocket publisher, int from, int to, End end) throws Exception {
        String pad = "x".repeat(DATA_BYTES);
        int next = from;
        for (; next < to && !(next % RATE == 0 && end.isReached()); next++) {
            publisher.say("{\"type\":\"publish\",\"channel\":\"" + CHANNEL + "\",\"payload\":{\"data\":{\"n\":" + next
                    + ",\"at\":" + System.nanoTime() + ",\"pad\":\"" + pad + "\"}}}");
            Thread.sleep(1_000 / RATE);
        }
        return next;
    }

    private interface End {
        boolean isReached() throws Exception;
    }

    private static void awaitAll(List<Reader> readers, int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        for (Reader reader : readers) {
            while (reader.count() < count && reader.isReading() && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            assertEquals(count, reader.count(), reader::fault);
        }
    }

    private static long p99Ms(List<Reader> readers, int from) {
        long[] all = readers.stream()
                .flatMapToLong(reader -> reader.latencies().stream().skip(from).mapToLong(Long::longValue))
                .sorted()
                .toArray();
        return TimeUnit.NANOSECONDS.toMillis(all[all.length * 99 / 100]);
    }

    /** Of the heap, after a full collection. */
    private static long usedMib(long pid) throws Exception {
        jcmd(pid, "GC.run");
        Matcher used = Pattern.compile(" used (\\d+)K")
                .matcher(jcmd(pid, "GC.heap_info").replaceAll("(?m)^ *(Metaspace|class space).*", ""));
        long kib = 0;
        while (used.find()) {
            kib += Long.parseLong(used.group(1));
        }
        assertTrue(kib > 0, "no figure of the heap");
        return kib >> 10;
    }

    private static String jcmd(long pid, String command) throws Exception {
        String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process jcmd = new ProcessBuilder(program, Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, jcmd.waitFor(), said);
        return said;
    }

    /** One that keeps up: everything, once, in order, each with how long it took. */
    private static final class Reader {
        private final RawWebSocket socket;
        private final List<Long> latencies = new ArrayList<>();
        private final Thread thread;
        private volatile String fault = "";

        Reader(RawWebSocket socket) {
            this.socket = socket;
            this.thread = Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try {
                while (true) {
                    String event = socket.readMessage("event");
                    long now = System.nanoTime();
                    if (!event.contains("\"n\":" + count() + ",")) {
                        fault = "number " + count() + " was expected: " + event.substring(0, 120);
                        return;
                    }
                    Matcher at = AT.matcher(event);
                    assertTrue(at.find(), event);
                    add(now - Long.parseLong(at.group(1)));
                }
            } catch (IOException e) {
                fault = e.toString();
            }
        }

        private synchronized void add(long nanos) {
            latencies.add(nanos);
        }

        synchronized int count() {
            return latencies.size();
        }

        synchronized List<Long> latencies() {
            return List.copyOf(latencies);
        }

        boolean isReading() {
            return thread.isAlive();
        }

        String fault() {
            return fault;
        }
    }

    /** The gateway's metrics. */
    private static final class Gauges implements AutoCloseable {
        private final Producer client;
        private final Demo.Admin admin;

        Gauges(Demo demo) {
            this.client = new Producer(demo);
            this.admin = demo.admin();
        }

        long closedAsSlow() throws Exception {
            return value("heliograph_connections_closed_total{reason=\"slow_consumer\"");
        }

        /** Over all series whose name begins so. */
        long value(String name) throws Exception {
            HttpResponse<String> metrics =
                    client.get(admin.url().resolve("/metrics"), "Authorization", "Bearer " + admin.token());
            assertEquals(200, metrics.statusCode(), metrics.body());
            return (long) metrics.body()
                    .lines()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
