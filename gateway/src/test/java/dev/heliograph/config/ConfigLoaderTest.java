package dev.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {
    private static final String CANARY = "CANARY-4f1d";
    private static final String MINIMAL = """
            admin:
              token: 0123456789abcdef
            workspaces:
              acme:
                keys:
                  - {kid: k1, algorithm: HS256, secret: 0123456789abcdef0123456789abcdef}
                environments:
                  prod:
                    sources:
                      web: {writeKeys: [write-key-1]}
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @Test
    void aMinimalFile_hasEveryDefault() throws Exception {
        Config config = load(MINIMAL);
        assertEquals(ServerConfig.DEFAULT, config.server());
        assertEquals("127.0.0.1", config.admin().host());
        WorkspaceConfig acme = workspace(config);
        assertEquals(List.of("self"), acme.origins());
        assertNull(acme.issuer());
        SourceConfig web = source(config);
        assertEquals(Set.copyOf(SourceConfig.TYPES), web.types());
        assertEquals(PrivacyConfig.DEFAULT, web.privacy());
        assertEquals(1.0, web.sampleRate());
    }

    @Test
    void everyErrorOfAFile_isReportedAtOnceWithKeyValueAndExpectation() {
        assertEquals("""
                server.port: '70000' is not allowed; expected a whole number from 0 to 65535 (line 2)
                server.hots: is no setting; did you mean 'host'? (line 3)
                admin.token: is missing; make one with 'openssl rand -base64 32' and set tokenFile or HELIOGRAPH_ADMIN_TOKEN
                limits.headersTimeoutMs: '5 minutes' is not allowed; expected milliseconds, or a number with ms, s, m, h or d, from 100ms to 1h (line 5)
                page.enabled: 'yes' is not allowed; expected true or false (line 7)
                workspaces.acme.keys[0].secret: has 31 bytes; expected at least 32 (line 11)
                workspaces.acme.keys[1].algorithm: 'none' is not allowed; expected one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA (line 12)
                workspaces.acme.environments.prod.sources.web.writeKeys[0]: has 5 bytes; expected at least 8 (line 17)
                workspaces.acme.environments.prod.sources.web.types[1]: 'trak' is not allowed; expected one of track, identify, page, screen, group, alias (line 18)
                workspaces.acme.environments.prod.sources.web.sampelRate: is no setting; did you mean 'sampleRate'? (line 19)
                limts: is no setting; did you mean 'limits'? (line 20)""", errors("""
                server:
                  port: 70000
                  hots: x
                limits:
                  headersTimeoutMs: 5 minutes
                page:
                  enabled: yes
                workspaces:
                  acme:
                    keys:
                      - {kid: k1, algorithm: HS256, secret: 0123456789abcdef0123456789abcde}
                      - {kid: k2, algorithm: none}
                    environments:
                      prod:
                        sources:
                          web:
                            writeKeys: [short]
                            types: [track, trak]
                            sampelRate: 1
                limts: {}
                """));
    }

    @Test
    void anEmptyFile_saysWhatIsMissing() {
        assertEquals("""
                admin.token: is missing; make one with 'openssl rand -base64 32' and set tokenFile or HELIOGRAPH_ADMIN_TOKEN
                workspaces: is missing; expected at least one workspace with keys""", errors(""));
    }

    @Test
    void trustedProxies_areNetworks_alsoFromTheEnvironment() throws Exception {
        ServerConfig file = load(MINIMAL + "server: {trustedProxies: [10.0.0.0/8, '::1'], proxyProtocol: true}\n")
                .server();
        assertEquals(
                List.of("10.0.0.0/8", "0:0:0:0:0:0:0:1/128"),
                file.trustedProxies().stream().map(Network::toString).toList());
        assertTrue(file.proxyProtocol());
        ServerConfig replaced = ConfigLoader.parse(
                        MINIMAL, folder, Map.of("HELIOGRAPH_SERVER_TRUSTED_PROXIES", "192.0.2.1,fd00::/8"))
                .config()
                .server();
        assertEquals(2, replaced.trustedProxies().size());
        assertFalse(replaced.proxyProtocol());
    }

    @Test
    void whatIsNoNetwork_andAProxyProtocolThatNobodyIsTrustedToSpeak_areErrors() {
        assertEquals(
                "server.trustedProxies[1]: '10.0.0.1/8' is not allowed; expected an address, or a network without bits behind its prefix, e.g. 10.0.0.0/8 or ::1 (line 11)",
                errors(MINIMAL + "server: {trustedProxies: [10.0.0.1, 10.0.0.1/8]}\n"));
        assertEquals(
                "server.proxyProtocol: is true without server.trustedProxies; expected the networks of those who speak it (line 11)",
                errors(MINIMAL + "server: {proxyProtocol: true}\n"));
    }

    @Test
    void aDuplicateKey_isAnError() {
        assertEquals("server.port: stands there twice (line 13)", errors(MINIMAL + "server:\n  port: 0\n  port: 1\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a: [1'                       | is not YAML",
                "'server: 1'                   | server: is a single value; expected a mapping",
                "'[a]'                         | file: is a list; expected a mapping",
                "'server: {port: [1]}'         | server.port: is a list; expected a single value",
                "'a: &x 1\nb: *x'              | b: is an alias; write the value itself",
                "'server: {}\n---\npage: {}'   | file: holds more than one YAML document; expected one",
                "'workspaces: {\"a b\": {}}'   | workspaces.a b: 'a b' is no name; expected 1 to 64 characters",
            })
    void aFileOfTheWrongShape_isRefused(String yaml, String expected) {
        assertTrue(errors(yaml).contains(expected), errors(yaml));
    }

    @ParameterizedTest
    @CsvSource({
        "250, 250",
        "250ms, 250",
        "10s, 10000",
        "5m, 300000",
        "1h, 3600000",
        "'2 s', 2000",
    })
    void durations_areMillisecondsOrHaveAUnit(String written, long expectedMs) throws Exception {
        assertEquals(
                expectedMs,
                load(MINIMAL + "limits: {authTimeoutMs: " + written + "}")
                        .limits()
                        .authTimeoutMs());
    }

    @ParameterizedTest
    @CsvSource({"65536, 65536", "64KiB, 65536", "2MiB, 2097152"})
    void sizes_areBytesOrHaveAUnit(String written, int expected) throws Exception {
        assertEquals(
                expected,
                load(MINIMAL + "limits: {frameBytesMax: " + written + "}")
                        .limits()
                        .frameBytesMax());
    }

    @ParameterizedTest
    @CsvSource({"1KB", "1mib", "-1", "1.5MiB", "99999999999GiB", "''", "1_000"})
    void whatIsNoSize_isRefused(String written) {
        String errors = errors(MINIMAL + "limits: {frameBytesMax: '" + written + "'}");
        assertTrue(errors.startsWith("limits.frameBytesMax: '" + written + "' is not allowed; expected bytes"), errors);
    }

    @Test
    void theEnvironment_replacesSettings() throws Exception {
        Config config = load(
                MINIMAL,
                Map.of(
                        "HELIOGRAPH_SERVER_PORT", "9000",
                        "HELIOGRAPH_SERVER_EVENT_LOOPS", "3",
                        "HELIOGRAPH_LIMITS_AUTH_TIMEOUT_MS", "2s",
                        "HELIOGRAPH_WORKSPACES_ACME_ORIGINS", "self, https://app.example.com",
                        "HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET", "another-secret-with-at-least-32-bytes",
                        "HELIOGRAPH_WORKSPACES_ACME_ENVIRONMENTS_PROD_SOURCES_WEB_WRITE_KEYS",
                                "write-key-2,write-key-3",
                        "HELIOGRAPH_CONFIG", "/etc/heliograph.yaml",
                        "PATH", "/bin"));
        assertEquals(9000, config.server().port());
        assertEquals(3, config.server().eventLoops());
        assertEquals(2_000, config.limits().authTimeoutMs());
        assertEquals(
                List.of("self", "https://app.example.com"), workspace(config).origins());
        var key = assertInstanceOf(
                TokenKeyConfig.Hmac.class, workspace(config).keys().getFirst());
        assertTrue(key.secret().matches("another-secret-with-at-least-32-bytes"));
        assertEquals(2, source(config).writeKeys().size());
        assertTrue(source(config).writeKeys().get(1).matches("write-key-3"));
    }

    @Test
    void variablesThatMatchNothing_areErrorsWithAHint() {
        assertEquals(
                """
                HELIOGRAPH_NONSENSE: is no setting of this file
                HELIOGRAPH_SERVER_PROT: is no setting of this file; did you mean 'HELIOGRAPH_SERVER_PORT'?
                HELIOGRAPH_WORKSPACES_ACMEE_KEYS_0_SECRET: is no setting of this file; did you mean 'HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET'?""",
                errors(
                        MINIMAL,
                        Map.of(
                                "HELIOGRAPH_SERVER_PROT", "1",
                                "HELIOGRAPH_NONSENSE", "1",
                                "HELIOGRAPH_WORKSPACES_ACMEE_KEYS_0_SECRET", CANARY)));
    }

    @Test
    void aVariableThatCouldMeanTwoSettings_isAnError() {
        String errors = errors(
                MINIMAL + "  ac-me: {keys: []}\n  ac_me: {keys: []}\n".indent(0),
                Map.of("HELIOGRAPH_WORKSPACES_AC_ME_ISSUER", "x"));
        assertTrue(
                errors.contains(
                        "HELIOGRAPH_WORKSPACES_AC_ME_ISSUER: could mean workspaces.ac-me.issuer and workspaces.ac_me.issuer"),
                errors);
    }

    @Test
    void aBadVariable_isNamedInTheError() {
        assertEquals(
                "server.port: 'x' is not allowed; expected a whole number from 0 to 65535 (HELIOGRAPH_SERVER_PORT)",
                errors(MINIMAL, Map.of("HELIOGRAPH_SERVER_PORT", "x")));
    }

    @Test
    void secretsInFiles_loseTheirLastLineBreakOnly() throws Exception {
        Files.writeString(folder.resolve("token"), "token with spaces \n\n");
        Files.writeString(folder.resolve("keys"), "write-key-1\r\nwrite-key-2\n");
        Config config = load(MINIMAL.replace("token: 0123456789abcdef", "tokenFile: token")
                .replace("writeKeys: [write-key-1]", "writeKeysFile: keys"));
        assertTrue(config.admin().token().matches("token with spaces \n"));
        assertEquals(2, source(config).writeKeys().size());
        assertTrue(source(config).writeKeys().getFirst().matches("write-key-1"));
    }

    @Test
    void aFileVariable_replacesASecret() throws Exception {
        Path secret = Files.writeString(folder.resolve("s"), "secret-of-a-file-with-at-least-32-bytes\n");
        Config config = load(MINIMAL, Map.of("HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET_FILE", secret.toString()));
        var key = assertInstanceOf(
                TokenKeyConfig.Hmac.class, workspace(config).keys().getFirst());
        assertTrue(key.secret().matches("secret-of-a-file-with-at-least-32-bytes"));
    }

    @Test
    void aFileVariable_replacesAListOfSecrets() throws Exception {
        Files.writeString(folder.resolve("keys"), "write-key-8\nwrite-key-9\n");
        Config config = load(
                MINIMAL, Map.of("HELIOGRAPH_WORKSPACES_ACME_ENVIRONMENTS_PROD_SOURCES_WEB_WRITE_KEYS_FILE", "keys"));
        assertEquals(2, source(config).writeKeys().size());
        assertTrue(source(config).writeKeys().get(1).matches("write-key-9"));
    }

    @Test
    void filesOfSecretsThatCannotBeUsed_areErrors() throws Exception {
        Files.writeString(folder.resolve("empty"), "\n");
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 1});
        Files.write(folder.resolve("large"), new byte[65_537]);
        var expected = new HashMap<>(Map.of(
                "missing", "does not exist; make it with 'openssl rand -base64 32 > missing'", "empty", "is empty"));
        expected.putAll(Map.of("binary", "is not UTF-8 text", "large", "is larger than 64 KiB", ".", "cannot be read"));
        expected.forEach((file, problem) -> assertEquals(
                "admin.tokenFile: the file " + file + " " + problem + " (HELIOGRAPH_ADMIN_TOKEN_FILE)",
                errors(MINIMAL, Map.of("HELIOGRAPH_ADMIN_TOKEN_FILE", file))));
    }

    @Test
    void thePagesGraph_isWhatItsFilesHold() throws Exception {
        Files.writeString(folder.resolve("graph.json"), "{\"nodes\":[{\"id\":\"n1\"}],\"edges\":[]}");
        Files.writeString(folder.resolve("events.yaml"), "- id: checkout\n");
        PageConfig page = load(MINIMAL
                        + "page: {graphFile: graph.json, eventsFile: events.yaml, graphOrigins: [https://graphs.example]}\n")
                .page();
        assertEquals("{\"nodes\":[{\"id\":\"n1\"}],\"edges\":[]}", page.graph());
        assertEquals("- id: checkout\n", page.events());
        assertEquals(List.of("https://graphs.example"), page.graphOrigins());
    }

    @Test
    void graphFilesThatCannotBeUsed_areErrors() throws Exception {
        Files.writeString(folder.resolve("broken.json"), "{\"nodes\": [\n}");
        Files.writeString(folder.resolve("none.json"), "{\"nodes\": []}");
        Files.writeString(folder.resolve("deep.json"), "[".repeat(2_000));
        Files.writeString(folder.resolve("two.json"), "{\"nodes\": [{}]} {}");
        Map.of(
                        "graphFile: deep.json",
                        "page.graphFile: is not JSON; expected a graph in DagNet's shape (line 11)",
                        "graphFile: two.json",
                        "page.graphFile: is not JSON: line 1, column 17; expected a graph in DagNet's shape (line 11)",
                        "graphFile: broken.json",
                        "page.graphFile: is not JSON: line 2, column 1; expected a graph in DagNet's shape (line 11)",
                        "graphFile: none.json",
                        "page.graphFile: holds no graph; expected an object with a list 'nodes' that is not empty (line 11)",
                        "graphFile: missing.json",
                        "page.graphFile: the file " + folder.resolve("missing.json") + " does not exist (line 11)",
                        "eventsFile: none.json",
                        "page.eventsFile: has no graph; expected graphFile, too, as these are the definitions of its events (line 11)",
                        "graphOrigins: [self]",
                        "page.graphOrigins[0]: 'self' is not allowed; expected scheme, host and port as browsers send them, e.g. https://raw.githubusercontent.com (line 11)")
                .forEach((setting, expected) -> assertEquals(expected, errors(MINIMAL + "page: {" + setting + "}\n")));
    }

    @Test
    void aSecretGivenTwice_isAnError() {
        assertEquals(
                "admin.token: and tokenFile are both set; expected one of them (line 3)",
                errors(MINIMAL.replace("admin:\n", "admin:\n  tokenFile: x\n")));
    }

    @ParameterizedTest
    @CsvSource({
        "0123456789012345678",
        "0x1234567890abcdef",
        "1_000_000_000_000_000",
        "1e0000000000000000",
        "'~~~~~~~~~~~~~~~~'"
    })
    void secretsThatLookLikeNumbers_stayAsWritten(String written) throws Exception {
        Config config = load(MINIMAL.replace("token: 0123456789abcdef", "token: " + written));
        assertTrue(
                config.admin().token().matches(written), config.admin().token().reveal());
    }

    @Test
    void secrets_areNeverShown() throws Exception {
        String yaml = MINIMAL.replace("0123456789abcdef", CANARY + "-0123456789abcdef")
                .replace("write-key-1", CANARY + "-w");
        ConfigLoader.Loaded loaded = ConfigLoader.parse(yaml, folder, Map.of());
        assertFalse(loaded.toString().contains(CANARY), loaded.toString());
        String tooShort = yaml.replace("HS256", "HS512").replace(CANARY + "-w", "x" + CANARY.substring(0, 6));
        String errors = errors(tooShort + "server: {prot: 1}\n");
        assertEquals(3, errors.lines().count(), errors);
        assertFalse(errors.contains("CANARY"), errors);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token: \"CANARY", "token: @CANARY", "token: &CANARY *CANARY", "token: [CANARY",
                        "token: {CANARY: CANARY}",
                "token: CANARY\n   x: y", "token: !CANARY x", "\ttoken: CANARY", "token: CANARY: CANARY",
                        "token: %CANARY",
                "tokenFile: [CANARY]", "token: |CANARY", "token: [CANARY, CANARY]"
            })
    void aSecretInABrokenFile_isNotShown(String broken) {
        String errors = errors("admin:\n  " + broken + "\n");
        assertFalse(errors.isEmpty());
        assertFalse(errors.replace("admin.token.CANARY", "").contains("CANARY"), errors);
    }

    @Test
    void hmacSecrets_needAsManyBytesAsTheirHash() {
        for (var algorithm : Map.of("HS256", 32, "HS384", 48, "HS512", 64).entrySet()) {
            String tooShort = "s".repeat(algorithm.getValue() - 1);
            String yaml =
                    MINIMAL.replace("HS256", algorithm.getKey()).replace("0123456789abcdef0123456789abcdef", tooShort);
            assertTrue(errors(yaml).contains("expected at least " + algorithm.getValue()), errors(yaml));
            assertEquals("", errors(yaml.replace(tooShort, tooShort + "s")));
        }
    }

    @Test
    void whatIdentifiesAWorkspace_mayNotStandInTwo() {
        String second = """
                  beta:
                    keys:
                      - {kid: k1, algorithm: HS256, secret: 0123456789abcdef0123456789abcdef}
                      - {kid: k9, algorithm: HS256, secret: fedcba9876543210fedcba9876543210}
                      - {kid: k9, algorithm: HS256, secret: fedcba9876543210fedcba9876543211}
                      - {url: "https://id.example.com/jwks", issuer: i1}
                      - {url: "https://id.example.com/other", issuer: i1}
                    environments:
                      prod:
                        sources:
                          web: {writeKeys: [write-key-1]}
                page: {workspace: bta}
                """;
        assertEquals("""
                page.workspace: 'bta' is no workspace; expected one of [acme, beta]; did you mean 'beta'?
                workspaces.beta.keys[0].secret: this secret stands at workspaces.acme.keys[0].secret already; expected one that is used once
                workspaces.beta.keys[2].kid: 'k9' stands at workspaces.beta.keys[1].kid already; expected one that is used once
                workspaces.beta.keys[4].issuer: 'i1' stands at workspaces.beta.keys[3].issuer already; expected one that is used once
                workspaces.beta.environments.prod.sources.web: the source name 'web' stands at workspaces.acme.environments.prod.sources.web already; expected one that is used once
                workspaces.beta.environments.prod.sources.web.writeKeys[0]: this key stands at workspaces.acme.environments.prod.sources.web.writeKeys[0] already; expected one that is used once""", errors(MINIMAL + second));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kid: k, algorithm: HS256}                              | keys[0].secret: is missing; make one with",
                "{kid: ../x, algorithm: HS256}                           | keys[0].kid: '../x' is not allowed",
                "{kid: k, algorithm: RS256}                              | keys[0].pem: is missing",
                "{kid: k, algorithm: RS256, pem: abc}                    | keys[0].pem: is no PEM",
                "{kid: k, algorithm: RS256, pem: BEGIN PRIVATE KEY}      | keys[0].pem: is a private key; expected the public",
                "{kid: k, algorithm: ES256, secret: abc}                 | keys[0].secret: does not belong to ES256",
                "{issuer: i, url: 'http://id.example.com/'}              | keys[0].url: 'http://id.example.com/' is not allowed",
                "{issuer: i, url: 'https://u@id.example.com/'}           | keys[0].url: 'https://u@id.example.com/' is not",
                "{url: 'https://id.example.com/'}                        | keys[0].issuer: is missing",
                "{issuer: i, url: 'https://id.example.com/', algorithms: [HS256]} | keys[0].algorithms[0]: 'HS256' is not",
                "{issuer: i, url: 'https://id.example.com/', kid: k}     | keys[0].kid: does not belong to a key with url",
            })
    void aTokenKeyThatCannotVerify_isRefused(String key, String expected) {
        String errors = errors(MINIMAL.replaceFirst("\\{kid: k1.*}", key));
        assertTrue(errors.contains("workspaces.acme." + expected), errors);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- {kid: k1, algorithm: HS256, secret: 0123456789abcdef0123456789abcdef} | [] | keys: is missing: nobody could",
                "{writeKeys: [write-key-1]} | {writeKeys: []} | environments.prod.sources.web: lets nobody in; expected writeKeys",
                "{writeKeys: [write-key-1]} | {types: [track]} | environments.prod.sources.web: lets nobody in; expected writeKeys",
                "[write-key-1] | '[write-key-1], privacy: {traceFromUser: true}' | sources.web.privacy.traceFromUser: is true without",
            })
    void aWorkspaceThatCouldNotWork_isRefused(String good, String bad, String expected) {
        String errors = errors(MINIMAL.replace(good, bad));
        assertTrue(errors.contains(expected), errors);
        assertEquals(1, errors.lines().count(), errors);
    }

    private Config load(String yaml) throws ConfigException {
        return load(yaml, Map.of());
    }

    private Config load(String yaml, Map<String, String> environment) throws ConfigException {
        return ConfigLoader.parse(yaml, folder, environment).config();
    }

    private String errors(String yaml) {
        return errors(yaml, Map.of());
    }

    /** One line each; empty if there is none. */
    private String errors(String yaml, Map<String, String> environment) {
        try {
            load(yaml, environment);
            return "";
        } catch (ConfigException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static WorkspaceConfig workspace(Config config) {
        return config.workspaces().values().iterator().next();
    }

    private static SourceConfig source(Config config) {
        EnvironmentConfig prod =
                workspace(config).environments().values().iterator().next();
        return prod.sources().values().iterator().next();
    }

    @Test
    void aMissingFile_saysHowToMakeOne() {
        var refused =
                assertThrows(ConfigException.class, () -> ConfigLoader.load(folder.resolve("none.yaml"), Map.of()));
        assertTrue(String.valueOf(refused.getMessage()).contains("none.yaml: does not exist; 'config default' prints"));
    }
}
