package dev.heliograph.app;

import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.ApiRequest;
import dev.heliograph.protocol.pusher.ApiSignature;
import dev.heliograph.protocol.pusher.AppKey;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.QueryParameters;
import dev.heliograph.protocol.pusher.SocketAuth;
import dev.heliograph.protocol.pusher.SocketId;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an app's own server does: signs for its clients, and asks the HTTP API. */
public final class TestApp {
    public static final TestApp SHOP = new TestApp("1", new AppKey("shop-key", "shop-secret"));
    static final TestApp BANK = new TestApp("2", new AppKey("bank-key", "bank-secret"));

    final String id;
    final AppKey key;

    TestApp(String id, AppKey key) {
        this.id = id;
        this.key = key;
    }

    /** A gateway with two apps: SHOP, whose workspace has tokens too, and BANK. */
    public static TestGateway start(String shop, String settings) throws IOException {
        return TestGateway.ofYaml(
                """
                server: {port: 0, eventLoops: 2, node: test}
                admin: {port: 0, token: %s}
                page: {enabled: false}
                %s
                workspaces:
                  acme:
                    origins: ["https://app.acme.test"]
                    keys:
                      - {kid: acme-1, algorithm: HS256, secret: %s}
                    pusher:
                      appId: "1"
                      keys:
                        - {key: shop-key, secret: shop-secret}
                        - {key: shop-next, secret: shop-next-secret}
                      clientEvents: true
                      encryptionKey: MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
                %s
                  bank:
                    pusher:
                      appId: "2"
                      keys: [{key: bank-key, secret: bank-secret}]
                  closed:
                    pusher:
                      appId: "3"
                      enabled: false
                      keys: [{key: closed-key, secret: closed-secret}]
                """.formatted(TestGateway.ADMIN_TOKEN, settings, TestToken.ACME_SECRET, shop.indent(6)));
    }

    String auth(SocketId socket, String channel, @Nullable String channelData) {
        return SocketAuth.sign(key, socket, new PusherChannel(channel), channelData);
    }

    String userAuth(SocketId socket, String userData) {
        return SocketAuth.signUser(key, socket, userData);
    }

    public TestGateway.Answer post(TestGateway gateway, String path, String body) throws IOException {
        return ask(gateway, "POST", path, Map.of(), body, gateway.millis() / 1000);
    }

    TestGateway.Answer get(TestGateway gateway, String path, Map<String, String> query) throws IOException {
        return ask(gateway, "GET", path, query, "", gateway.millis() / 1000);
    }

    TestGateway.Answer ask(
            TestGateway gateway, String method, String path, Map<String, String> query, String body, long seconds)
            throws IOException {
        String whole = "/apps/" + id + path;
        String target = whole + "?" + signed(method, whole, query, body, seconds);
        return gateway.ask(method, target, body);
    }

    /** The query string of a request, signature included. */
    String signed(String method, String path, Map<String, String> query, String body, long seconds) {
        Map<String, String> parameters = new LinkedHashMap<>(query);
        parameters.put("auth_key", key.key());
        parameters.put("auth_timestamp", Long.toString(seconds));
        parameters.put("auth_version", "1.0");
        if (!body.isEmpty()) {
            parameters.put("body_md5", md5(body));
        }
        try {
            var request = new ApiRequest(
                    method, path, QueryParameters.parse(encoded(parameters)), body.getBytes(StandardCharsets.UTF_8));
            parameters.put("auth_signature", ApiSignature.sign(key, request));
        } catch (ApiException e) {
            throw new IllegalArgumentException(e);
        }
        return encoded(parameters);
    }

    private static String encoded(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    static String md5(String body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
