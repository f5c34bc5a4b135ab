package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.egress.Outbox;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an operator is told of one conversation, as maps in a fixed order. Confined to the conversation's loop. */
public final class Explanation {
    private static final int SUBSCRIPTIONS_MAX = 1_000;

    private Explanation() {}

    /** The connection itself: where it comes from, and how far it keeps up. */
    public static Map<String, Object> connection(String protocol, String id, Outbox outbox) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("connection", id);
        shown.put("protocol", protocol);
        shown.put(
                "peer", outbox.peer() == null ? null : outbox.peer().toString().replaceFirst("^.*/", ""));
        shown.put("rung", outbox.rung().label());
        shown.put("waitingBytes", outbox.waitingBytes());
        shown.put("merged", outbox.merged());
        shown.put("dropped", outbox.dropped());
        return shown;
    }

    static Map<String, Object> principal(Principal principal) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("workspace", principal.workspace());
        shown.put("user", principal.userId());
        shown.put("jti", principal.tokenId());
        shown.put("session", principal.sessionId());
        shown.put("issuedAt", principal.issuedAtMs() == Principal.ISSUED_UNKNOWN ? null : principal.issuedAtMs());
        shown.put("expiresAt", principal.expiresAtMs() == Long.MAX_VALUE ? null : principal.expiresAtMs());
        shown.put("grants", principal.grants().shown());
        return shown;
    }

    /** Up to a thousand subscriptions. */
    public static List<Map<String, Object>> subscriptions(LoopHub hub, List<Subscriber> subscribers) {
        var all = new ArrayList<Map<String, Object>>();
        for (Subscriber subscriber : subscribers.subList(0, Math.min(subscribers.size(), SUBSCRIPTIONS_MAX))) {
            var shown = new LinkedHashMap<String, Object>();
            shown.put("channel", subscriber.channel().name());
            shown.put("position", hub.position(subscriber));
            shown.put("phase", subscriber.isLive() ? "live" : "catching_up");
            shown.put("filterPaths", subscriber.filterPaths());
            shown.put("permittedPaths", subscriber.permittedPaths());
            shown.put("sampleRate", subscriber.sampleRate());
            shown.put("maxPerSecond", subscriber.maxPerSecond());
            all.add(shown);
        }
        return all;
    }

    /** What became of one publication, as far as positions tell. */
    public static Map<String, Object> delivery(
            LoopHub hub,
            Outbox outbox,
            @Nullable Subscriber subscriber,
            Position at,
            @Nullable Publication publication) {
        var shown = new LinkedHashMap<String, Object>();
        if (subscriber == null) {
            shown.put("outcome", "not_subscribed");
            return shown;
        }
        Position position = hub.position(subscriber);
        shown.put("outcome", outcome(position, at, publication, subscriber, outbox));
        shown.put("position", position);
        shown.put("phase", subscriber.isLive() ? "live" : "catching_up");
        shown.put("waitingBytes", outbox.waitingBytes());
        shown.put("merged", outbox.merged());
        shown.put("dropped", outbox.dropped());
        return shown;
    }

    private static String outcome(
            Position position, Position at, @Nullable Publication publication, Subscriber subscriber, Outbox outbox) {
        if (!position.epoch().equals(at.epoch())) {
            return "other_epoch";
        }
        if (publication != null && !publication.isFor(outbox.connection())) {
            return "own";
        }
        String refusal = publication == null ? null : subscriber.refusal(publication);
        if (refusal != null) {
            return refusal;
        }
        if (position.offset() < at.offset()) {
            return "not_yet";
        }
        return sent(subscriber, outbox);
    }

    /** What may have happened on the way out: that is counted by connection, not noted for each publication. */
    private static String sent(Subscriber subscriber, Outbox outbox) {
        if (outbox.dropped() > 0) {
            return "sent_or_dropped";
        }
        if (outbox.merged() > 0 || subscriber.maxPerSecond() != null) {
            return "sent_or_merged";
        }
        return outbox.waitingBytes() > 0 ? "sent_or_waiting" : "sent";
    }
}
