package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.pusher.WebhookEvent.CacheMiss;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelOccupied;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelVacated;
import dev.heliograph.protocol.pusher.WebhookEvent.EventByClient;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberAdded;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberRemoved;
import dev.heliograph.protocol.pusher.WebhookEvent.SubscriptionCount;
import java.util.List;

/**
 * The body of a webhook: {@code {"time_ms", "events": […]}}, all of one app. It is posted with the headers below, the signature being {@link AppKey#sign} of
 * exactly these bytes with the app's {@link AppKeys#oldest} key. Any thread. Source: Pusher, "Webhooks".
 */
public final class WebhookBody {
    /** The content type, to the letter: Pusher's Node.js SDK takes no other. */
    public static final String CONTENT_TYPE = "application/json";
    /** The header that names the key. */
    public static final String KEY_HEADER = "X-Pusher-Key";
    /** The header that holds the signature. */
    public static final String SIGNATURE_HEADER = "X-Pusher-Signature";

    private static final int LENGTH_EXPECTED = 128;

    private WebhookBody() {}

    /**
     * @param timeMs when the webhook was made, milliseconds since the epoch
     * @param events one, or several if the app wants them in batches
     */
    public static byte[] write(long timeMs, List<WebhookEvent> events) {
        var out = new JsonBytes(LENGTH_EXPECTED * (events.size() + 1));
        out.raw("{\"time_ms\":").number(timeMs).raw(",\"events\":[");
        for (int i = 0; i < events.size(); i++) {
            out.raw(i == 0 ? "{\"name\":\"" : ",{\"name\":\"");
            write(out, events.get(i));
            out.raw("}");
        }
        return out.raw("]}").toBytes();
    }

    private static void write(JsonBytes out, WebhookEvent event) {
        switch (event) {
            case ChannelOccupied occupied -> open(out, "channel_occupied", occupied.channel());
            case ChannelVacated vacated -> open(out, "channel_vacated", vacated.channel());
            case CacheMiss miss -> open(out, "cache_miss", miss.channel());
            case MemberAdded added -> user(open(out, "member_added", added.channel()), added.user());
            case MemberRemoved removed -> user(open(out, "member_removed", removed.channel()), removed.user());
            case EventByClient sent -> byClient(out, sent);
            case SubscriptionCount count ->
                open(out, "subscription_count", count.channel())
                        .raw(",\"subscription_count\":")
                        .number(count.count());
        }
    }

    private static JsonBytes open(JsonBytes out, String name, PusherChannel channel) {
        return out.raw(name).raw("\",\"channel\":").string(channel.name());
    }

    /** Ids are strings here, however they were signed: Pusher's Go and Swift SDKs take nothing else. */
    private static void user(JsonBytes out, UserId user) {
        out.raw(",\"user_id\":").string(user.text());
    }

    /** Data is a string here, as Pusher's Go SDK takes nothing else. */
    private static void byClient(JsonBytes out, EventByClient sent) {
        open(out, "client_event", sent.event().channel());
        out.raw(",\"event\":").string(sent.event().event()).raw(",\"data\":");
        EventWriter.string(out, sent.event().data());
        out.raw(",\"socket_id\":").string(sent.sender().text());
        if (sent.user() != null) {
            user(out, sent.user());
        }
    }
}
