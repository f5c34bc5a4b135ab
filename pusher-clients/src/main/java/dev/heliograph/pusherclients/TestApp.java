package dev.heliograph.pusherclients;

import com.pusher.rest.Pusher;
import com.pusher.rest.SignatureUtil;
import com.pusher.rest.data.PresenceUser;
import java.util.Map;

/**
 * An app of the gateway under test, with what its server does: it signs, and makes clients of the HTTP API. Any thread.
 *
 * @param workspace the gateway's name for it
 */
record TestApp(String workspace, String id, String key, String secret) {
    /** Client events, subscription counts, and as many members as a test wants. */
    static final TestApp ACME = new TestApp("acme", "1", "acme-key", "acme-secret-that-nobody-knows-0123");
    /** All settings at their defaults, errors told as hosted Pusher tells them. */
    static final TestApp PLAIN = new TestApp("plain", "2", "plain-key", "plain-secret-that-nobody-knows-012");
    /** Two connections, two members, switched on. */
    static final TestApp SMALL = new TestApp("small", "3", "small-key", "small-secret-that-nobody-knows-012");
    /** Switched off. */
    static final TestApp OFF = new TestApp("off", "4", "off-key", "off-secret-that-nobody-knows-01234");

    /** 32 bytes; only the app's servers know it. */
    static final String ENCRYPTION_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    Pusher server(int port) {
        return server(port, id, key, secret);
    }

    static Pusher server(int port, String id, String key, String secret) {
        var server = new Pusher(id, key, secret, ENCRYPTION_KEY);
        server.setHost("127.0.0.1:" + port);
        server.setEncrypted(false);
        return server;
    }

    /** What the app's auth endpoint answers for a channel without members. */
    String authorize(String socketId, String channel) {
        return server(1).authenticate(socketId, channel);
    }

    /** What it answers for a presence channel. */
    String authorize(String socketId, String channel, PresenceUser user) {
        return server(1).authenticate(socketId, channel, user);
    }

    /** What it answers for a sign-in; the Java SDK has no method for that. */
    String authenticate(String socketId, String userData) {
        return Json.text(Map.of(
                "auth",
                key + ":" + SignatureUtil.sign(socketId + "::user::" + userData, secret),
                "user_data",
                userData));
    }

    static String userData(String userId) {
        return Json.text(Map.of("id", userId, "user_info", Map.of("name", "User " + userId)));
    }
}
