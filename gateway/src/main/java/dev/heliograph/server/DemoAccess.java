package dev.heliograph.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.heliograph.config.PusherConfig;
import dev.heliograph.config.Secret;
import dev.heliograph.config.SourceConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/**
 * Everything a person or a script needs to use the running demo. It holds secrets, which is what it is for: the demo's own.
 *
 * @param tls whether the gateway was configured to speak TLS
 */
record DemoAccess(
        boolean tls,
        InetSocketAddress address,
        InetSocketAddress admin,
        Secret adminToken,
        String token,
        SourceConfig source,
        PusherConfig app,
        Place place) {
    /** What the sample's events are published to. */
    record Place(String workspace, String channel) {}

    String url() {
        return (tls ? "https://" : "http://") + at(address);
    }

    String webSocketUrl() {
        return (tls ? "wss://" : "ws://") + at(address) + "/ws";
    }

    String adminUrl() {
        return "http://" + at(admin);
    }

    String webhookPath() {
        return "/ingest/segment/" + source.name();
    }

    String writeKey() {
        return source.writeKeys().getFirst().reveal();
    }

    /** Written by hand: an object mapper would be a tenth of the time to start. */
    String json() {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("pid", ProcessHandle.current().pid());
            json.writeStringField("url", url());
            json.writeStringField("ws", webSocketUrl());
            json.writeStringField("token", token);
            json.writeStringField("channel", place.channel());
            json.writeStringField("writeKey", writeKey());
            json.writeStringField(
                    "webhookSecret", source.webhookSecrets().getFirst().reveal());
            json.writeStringField("webhookUrl", url() + webhookPath());
            json.writeStringField("workspace", place.workspace());
            json.writeObjectFieldStart("pusher");
            json.writeStringField("appId", app.appId());
            json.writeStringField("key", app.keys().getFirst().key());
            json.writeStringField("secret", app.keys().getFirst().secret().reveal());
            json.writeEndObject();
            json.writeObjectFieldStart("admin");
            json.writeStringField("url", adminUrl());
            json.writeStringField("token", adminToken.reveal());
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be written to", e);
        }
        return text.toString();
    }

    String text() {
        return """

                Heliograph is running.

                  The page     %1$s/#token=%2$s
                  The console  %7$s/console/#token=%11$s

                  Light a node, from another terminal:

                    curl -u %3$s: %1$s/v1/track -H 'Content-Type: application/json' \\
                      -d '{"event":"Order Completed","anonymousId":"me","properties":{"value":12}}'

                  Write key    %3$s
                  A token      %2$s
                  WebSocket    %4$s
                  Channel      %5$s
                  Webhook      %1$s%6$s
                  Pusher       wsHost %8$s, app %9$s, key %10$s (secret in the demo's folder, file pusher-secret)
                  Operator     %7$s (bearer token in the demo's folder, file admin-token)

                With a graph and events of your own: press G on the page, and choose your files (docs/PAGE.md);
                --no-traffic leaves the sample's visitors out. Ctrl-C stops it.
                """.formatted(
                        url(),
                        token,
                        writeKey(),
                        webSocketUrl(),
                        place.channel(),
                        webhookPath(),
                        adminUrl(),
                        at(address),
                        app.appId(),
                        app.keys().getFirst().key(),
                        adminToken.reveal());
    }

    private static String at(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
