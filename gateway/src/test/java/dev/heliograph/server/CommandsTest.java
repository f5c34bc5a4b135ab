package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.auth.JwtVerifier;
import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.config.ConfigLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The commands as a user runs them: arguments in; output, errors and exit code out. */
@SuppressWarnings("NullAway.Init") // set up before each test
final class CommandsTest {
    private static final String CANARY = "CANARY-4f1d-0123456789abcdef-0123456789abcdef";
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private Path file;

    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("heliograph.yaml"), """
                admin: {token: %1$s-admin}
                page: {enabled: false}
                workspaces:
                  acme:
                    anonymous: [public-*]
                    keys:
                      - {kid: k1, algorithm: HS256, secret: %1$s-acme}
                    namespaces:
                      - {pattern: "entity:*", historyCount: 7, historyAgeMs: 90s}
                    environments:
                      prod:
                        sources:
                          web: {writeKeys: [%1$s-write]}
                  beta:
                    keys:
                      - {kid: k1, algorithm: HS512, secret: %1$s-beta-with-more-than-sixty-four-bytes}
                    pusher:
                      appId: "1"
                      keys: [{key: beta-key, secret: %1$s-app}]
                """.formatted(CANARY));
    }

    @Test
    void configDefault_printsTheAnnotatedFile() throws IOException {
        Outcome outcome = run("config", "default");
        assertEquals(0, outcome.code());
        assertEquals(Files.readString(Path.of("..", "config", "heliograph.yaml")), outcome.out());
    }

    @Test
    void configCheck_ofAGoodFile_printsWhatRunsWithoutSecrets() {
        Outcome outcome = run("config", "check", "--config", file.toString(), "--all");
        assertEquals(new Outcome(0, outcome.out(), ""), outcome);
        assertTrue(outcome.out().contains("server.port: 8080   # default\n"), outcome.out());
        assertTrue(outcome.out().contains("workspaces.acme.keys[0].secret: ***   # line 7\n"), outcome.out());
        assertTrue(
                outcome.out()
                        .endsWith("heliograph.yaml is good: clients at 127.0.0.1:8080, operators at 127.0.0.1:8081;"
                                + " workspaces: 2, sources: 1\n"),
                outcome.out());
        assertFalse(outcome.out().contains("CANARY"), outcome.out());
    }

    @Test
    void configCheck_ofABadFile_printsAllErrorsAndExitsWithTwo() throws IOException {
        Files.writeString(file, "server: {port: x}\nlimts: {}\n");
        assertEquals(new Outcome(2, "", file + """
                 cannot be used:
                server.port: 'x' is not allowed; expected a whole number from 0 to 65535 (line 1)
                admin.token: is missing; make one with 'openssl rand -base64 32' and set tokenFile or HELIOGRAPH_ADMIN_TOKEN
                workspaces: is missing; expected at least one workspace with keys
                limts: is no setting; did you mean 'limits'? (line 2)
                """), run("config", "check", "--config", file.toString()));
    }

    @Test
    void aConfigurationThatIsNotThere_isOneClearLine() {
        Outcome outcome = run("config", "check", "--config", "none.yaml");
        assertEquals(
                new Outcome(2, "", "none.yaml: does not exist; 'config default' prints one to begin with\n"), outcome);
    }

    @Test
    void start_onAPortThatIsTaken_isOneClearLine() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String text = Files.readString(file).replace("admin: {token", "admin: {port: 0, token");
            Files.writeString(file, text + "server: {port: " + taken.getLocalPort() + "}\n");
            Outcome outcome = run("start", "--config", file.toString());
            assertEquals(1, outcome.code());
            assertEquals(1, outcome.err().lines().count(), outcome.err());
            assertTrue(
                    outcome.err().startsWith("cannot listen on 127.0.0.1:" + taken.getLocalPort() + " (public): "),
                    outcome.err());
        }
    }

    @Test
    void configExplain_saysWhatRulesAChannel() {
        assertEquals(new Outcome(0, """
                channel:   entity:Task of workspace acme
                kind:      entity
                filled by: whoever has a token that grants publish
                rules:     workspaces.acme.namespaces[0] (entity:*)
                history:   7 publications, 1048576 bytes, 90 s, whichever is least
                merging:   entity, for clients that are slow or ask for fewer a second
                publish:   at most 1000 a second on average, 1000 at once, whoever publishes
                subscribe: tokens of workspace acme whose subscribe grants match
                """, ""), explain("entity:Task"));
        String events = explain("private-prod-segment-events").out();
        assertTrue(events.contains("filled by: events of environment prod (sources: web)\n"), events);
        assertTrue(events.contains("rules:     the default for events of environment prod\n"), events);
        String identified = explain("private-prod-segment-events-identified").out();
        assertTrue(identified.contains("nothing: environments.prod.identified is false"), identified);
        String room = explain("presence:room").out();
        assertTrue(room.contains("kind:      presence\nfilled by: the gateway: who joins"), room);
        assertTrue(room.contains("history:   none is kept"), room);
        String open = explain("public-x").out();
        assertTrue(open.contains("anybody, also without a token (workspaces.acme.anonymous: public-*)"), open);
    }

    @Test
    void configExplain_tellsWhomPushersProtocolLetsIn() {
        assertTrue(explain("beta", "board").contains("; anybody who knows the key of app 1, as the name begins"));
        assertTrue(explain("beta", "presence-a").contains("clients of Pusher's protocol with a signature of app 1\n"));
        assertTrue(explain("beta", "entity:Task").contains("no client of Pusher's protocol, which has no such name\n"));
        assertTrue(explain("beta", "private-cache-a").contains("kind:      cache\n"));
        assertFalse(explain("acme", "board").contains("Pusher"));
    }

    private String explain(String workspace, String channel) {
        return run("config", "explain", channel, "--workspace", workspace, "--config", file.toString())
                .out();
    }

    @Test
    void configExplain_ofWhatIsNoChannel_isRefused() {
        Outcome outcome = explain("no channel");
        assertEquals(2, outcome.code());
        assertTrue(outcome.err().startsWith("'no channel' is no channel: a channel name has 1 to 200"), outcome.err());
    }

    @Test
    void token_printsOneThatVerifies_andNothingElse() throws Exception {
        Outcome outcome = run(
                "token",
                "--user",
                "u7",
                "--name",
                "Bob",
                "--grant",
                "subscribe,history:private-*",
                "--grant",
                "publish:entity:{sub}",
                "--ttl",
                "15m",
                "--workspace",
                "beta",
                "--config",
                file.toString());
        assertEquals(0, outcome.code(), outcome.err());
        assertEquals(1, outcome.out().lines().count());
        Principal principal = verify(outcome.out().strip());
        assertEquals("beta", principal.workspace());
        assertEquals("u7", principal.userId());
        assertEquals("Bob", principal.name());
        assertEquals(1_800_000_900_000L, principal.expiresAtMs());
        assertTrue(principal.grants().allows(Operation.HISTORY, "private-x"));
        assertTrue(principal.grants().allows(Operation.PUBLISH, "entity:u7"));
        assertFalse(principal.grants().allows(Operation.PUBLISH, "private-x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "token --workspace acme                              | Missing required option: '--user=U'",
                "token --user u                                      | --workspace: is not set; expected one of acme, beta",
                "token --user u --workspace x                        | --workspace: 'x' is no workspace; expected one of acme, beta",
                "token --user u --workspace acme --kid k2            | workspace 'acme' has no key 'k2' with a shared secret",
                "token --user u --workspace acme --ttl 5             | --ttl: '5' is no time; expected a number with s, m, h or d",
                "token --user u --workspace acme --ttl 0s            | --ttl: '0s' is no time",
                "token --user u --workspace acme --grant subscribe   | --grant: 'subscribe' is no grant",
                "token --user u --workspace acme --grant read:*      | --grant: 'read' is no operation; expected subscribe",
                "token --user u --workspace acme --gant x            | Unknown options: '--gant', 'x'",
            })
    void wrongUsage_isOneClearLineAndExitsWithTwo(String arguments, String expected) {
        String[] words = (arguments + " --config " + file).split(" +", -1);
        Outcome outcome = run(words);
        assertEquals(2, outcome.code(), outcome.err());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().startsWith(expected), outcome.err());
        assertFalse(outcome.err().contains("CANARY"), outcome.err());
    }

    @ParameterizedTest
    @CsvSource({"''", "config", "confg", "config chek"})
    void aCommandThatIsNone_exitsWithTwoAndPointsToHelp(String arguments) {
        Outcome outcome = run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
        assertEquals(2, outcome.code());
        assertTrue(outcome.err().contains("--help'."), outcome.err());
    }

    @ParameterizedTest
    @CsvSource({"config --help", "config check --help", "config explain --help", "token --help"})
    void help_hasExamples(String arguments) {
        Outcome outcome = run(arguments.split(" ", -1));
        assertEquals(0, outcome.code());
        assertTrue(outcome.out().contains("Examples:") && outcome.out().contains("  heliograph "), outcome.out());
    }

    @Test
    void version_namesTheGatewayAndJava() {
        Outcome outcome = run("version");
        assertEquals(0, outcome.code());
        assertTrue(outcome.out().matches("heliograph .+, Java \\d.*\\R"), outcome.out());
    }

    private Outcome explain(String channel) {
        return run("config", "explain", channel, "--workspace", "acme", "--config", file.toString());
    }

    private Principal verify(String token) throws Exception {
        var config = ConfigLoader.load(file, Map.of()).config();
        var verdicts = new ArrayList<Verdict>();
        new JwtVerifier(config.workspaces(), CLOCK, Runnable::run).verify(token, verdicts::add);
        return assertInstanceOf(Verdict.Verified.class, verdicts.getFirst()).principal();
    }

    private static Outcome run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine line =
                Main.commandLine(Map.of(), CLOCK).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}
