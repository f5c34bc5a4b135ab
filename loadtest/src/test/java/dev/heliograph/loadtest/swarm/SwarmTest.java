package dev.heliograph.loadtest.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.blackbox.Demo;
import dev.heliograph.blackbox.GatewayProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The swarm against the packaged gateway; judged by counts, never by time. */
final class SwarmTest {
    @TempDir
    Path folder;

    private final StringWriter printed = new StringWriter();

    @Test
    void fiveHundredSubscribers_receiveEverythingOnceAndInOrder() throws Exception {
        try (var gateway = GatewayProcess.start(folder)) {
            int exit = swarm(
                    gateway.demo(),
                    gateway.demo().token(),
                    List.of(
                            "--connections",
                            "500",
                            "--rate",
                            "100",
                            "--warmup",
                            "1",
                            "--seconds",
                            "4",
                            "--sources",
                            "127.0.0.1,127.0.0.2"));

            assertEquals(0, exit, printed::toString);
            JsonNode report =
                    new ObjectMapper().readTree(folder.resolve("swarm.json").toFile());
            JsonNode counts = report.path("counts");
            assertEquals(500, counts.path("joined").asInt());
            assertEquals(500, counts.path("published").asInt());
            assertEquals(500 * 500, counts.path("delivered").asInt());
            assertEquals(400 * 500, report.at("/latenciesMicros/delivery/count").asInt());
            assertEquals(400, report.at("/latenciesMicros/first/count").asInt());
            assertEquals(400, report.at("/latenciesMicros/last/count").asInt());
            for (String histogram : List.of("swarm", "swarm-first", "swarm-last")) {
                assertTrue(Files.readString(folder.resolve(histogram + ".hgrm")).contains("#[Mean"), histogram);
            }
        }
    }

    @Test
    void oneRunInThreeProcesses_isCountedAndTimedAsOne() throws Exception {
        try (var gateway = GatewayProcess.start(folder)) {
            int exit = swarm(
                    gateway.demo(),
                    gateway.demo().token(),
                    List.of(
                            "--connections",
                            "100",
                            "--processes",
                            "3",
                            "--rate",
                            "50",
                            "--warmup",
                            "1",
                            "--seconds",
                            "2"));

            assertEquals(0, exit, printed::toString);
            JsonNode report =
                    new ObjectMapper().readTree(folder.resolve("swarm.json").toFile());
            assertEquals(100, report.at("/counts/joined").asInt());
            assertEquals(150, report.at("/counts/published").asInt());
            assertEquals(150 * 100, report.at("/counts/delivered").asInt());
            assertEquals(100 * 100, report.at("/latenciesMicros/delivery/count").asInt());
            assertEquals(100, report.at("/latenciesMicros/first/count").asInt());
            assertEquals(100, report.at("/latenciesMicros/last/count").asInt());
            assertEquals(
                    report.at("/latenciesMicros/delivery/max").asLong(),
                    report.at("/latenciesMicros/last/max").asLong());
            try (var files = Files.list(folder)) {
                assertEquals(
                        0,
                        files.filter(file -> file.toString().endsWith(".part")).count());
            }
        }
    }

    @Test
    void processThatCannotJoin_endsTheRunWithItsReason() {
        try (var gateway = GatewayProcess.start(folder)) {
            int exit = swarm(gateway.demo(), "no-token", List.of("--connections", "4", "--processes", "2"));

            assertEquals(2, exit);
            assertTrue(printed.toString().contains("UNAUTHENTICATED"), printed::toString);
        }
    }

    @Test
    void messagesLargerThanARead_areReadWhole() {
        try (var gateway = GatewayProcess.start(folder)) {
            int exit = swarm(
                    gateway.demo(),
                    gateway.demo().token(),
                    List.of(
                            "--connections",
                            "20",
                            "--rate",
                            "100",
                            "--warmup",
                            "0",
                            "--seconds",
                            "1",
                            "--size",
                            "60000"));

            assertEquals(0, exit, printed::toString);
        }
    }

    @Test
    void badToken_endsTheRunWithTheGatewaysReason() {
        try (var gateway = GatewayProcess.start(folder)) {
            int exit = swarm(gateway.demo(), "no-token", List.of("--connections", "3"));

            assertEquals(2, exit);
            assertTrue(printed.toString().contains("UNAUTHENTICATED"), printed::toString);
        }
    }

    @Test
    void settingOutOfItsRange_isNamed() {
        CommandLine swarm = commandLine();

        int exit = swarm.execute(
                "--url", "http://127.0.0.1:1", "--token", "t", "--channel", "c", "--connections", "20000");

        assertEquals(2, exit);
        assertTrue(printed.toString().contains("--connections 20000: expected 1 to 19000"), printed::toString);
    }

    private int swarm(Demo demo, String token, List<String> options) {
        CommandLine swarm = commandLine();
        var arguments = new ArrayList<String>(options);
        arguments.addAll(List.of(
                "--url",
                demo.url().toString(),
                "--token",
                token,
                "--channel",
                demo.channel(),
                "--out",
                folder.toString()));
        return swarm.execute(arguments.toArray(String[]::new));
    }

    private CommandLine commandLine() {
        var writer = new PrintWriter(printed);
        return Swarm.commandLine(Clock.systemUTC()).setOut(writer).setErr(writer);
    }
}
