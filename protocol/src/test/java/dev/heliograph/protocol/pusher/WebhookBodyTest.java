package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.raw;
import static dev.heliograph.protocol.pusher.Golden.text;
import static dev.heliograph.protocol.pusher.Golden.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Webhooks as Pusher's page shows them, and signed as its SDKs verify them. */
final class WebhookBodyTest {
    private static final PusherChannel PRESENCE = new PusherChannel("presence-x");

    @Test
    void everyEvent_isWrittenAsByPusher() {
        var typing = new ClientEvent(PRESENCE, "client-typing", raw("{'some':'data'}"));
        var text = new ClientEvent(new PusherChannel("private-x"), "client-typing", RawJson.of("\"text\""));
        var ten = new UserId("10", true);
        byte[] body = WebhookBody.write(
                1327078148132L,
                List.of(
                        new WebhookEvent.ChannelOccupied(new PusherChannel("my-channel")),
                        new WebhookEvent.ChannelVacated(new PusherChannel("my-channel")),
                        new WebhookEvent.CacheMiss(new PusherChannel("cache-x")),
                        new WebhookEvent.MemberAdded(PRESENCE, ten),
                        new WebhookEvent.MemberRemoved(PRESENCE, UserId.of("a_user_id")),
                        new WebhookEvent.EventByClient(typing, SocketId.of(123, 456), ten),
                        new WebhookEvent.EventByClient(text, SocketId.of(123, 456), null),
                        new WebhookEvent.SubscriptionCount(new PusherChannel("my-channel"), 7)));
        assertEquals(text(Golden.bytes("webhook")), text(body));
    }

    /** Of the tests of Pusher's Node.js SDK. */
    @Test
    void signature_isThatOfTheRawBody() {
        byte[] body = utf8(
                "{\"time_ms\":1403175510755,\"events\":[{\"channel\":\"test_channel\",\"name\":\"channel_vacated\"}]}");
        var key = new AppKey("123456789", "tofu");
        String signature = "c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5";
        assertEquals(signature, key.sign(body));
        assertTrue(key.verify(body, signature));
        assertFalse(key.verify(body, "000"));
        assertFalse(key.verify(body, ""));
        body[0]++;
        assertFalse(key.verify(body, signature));
    }
}
