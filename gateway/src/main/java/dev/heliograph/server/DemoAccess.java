package dev.heliograph.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.config.Secret;
import dev.heliograph.config.SourceConfig;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;

/** Everything a person or a script needs to use the running demo. It holds secrets, which is what it is for: the demo's own. */
record DemoAccess(
        InetSocketAddress address,
        InetSocketAddress admin,
        Secret adminToken,
        String token,
        SourceConfig source,
        Place place) {
    /** What the sample's events are published to. */
    record Place(String workspace, String channel) {}

    String url() {
        return "http://" + at(address);
    }

    String writeKey() {
        return source.writeKeys().getFirst().reveal();
    }

    String json() {
        var access = new LinkedHashMap<String, Object>();
        access.put("pid", ProcessHandle.current().pid());
        access.put("url", url());
        access.put("ws", "ws://" + at(address) + "/ws");
        access.put("token", token);
        access.put("channel", place.channel());
        access.put("writeKey", writeKey());
        access.put("webhookSecret", source.webhookSecrets().getFirst().reveal());
        access.put("webhookUrl", url() + "/ingest/segment/" + source.name());
        access.put("workspace", place.workspace());
        var operator = new LinkedHashMap<String, String>();
        operator.put("url", "http://" + at(admin));
        operator.put("token", adminToken.reveal());
        access.put("admin", operator);
        try {
            return new ObjectMapper().writeValueAsString(access);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    String text() {
        return """

                Heliograph is running.

                  The page     %1$s/#token=%2$s

                  Light a node, from another terminal:

                    curl -u %3$s: %1$s/v1/track -H 'Content-Type: application/json' \\
                      -d '{"event":"Order Completed","anonymousId":"me","properties":{"value":12}}'

                  A token      %2$s
                  WebSocket    ws://%4$s/ws
                  Channel      %5$s
                  Webhook      %1$s/ingest/segment/%6$s
                  Operator     http://%7$s (bearer token in the demo's folder, file admin-token)

                Ctrl-C stops it.
                """.formatted(url(), token, writeKey(), at(address), place.channel(), source.name(), at(admin));
    }

    private static String at(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
