package dev.heliograph.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.WebhookConfig;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.SocketId;
import dev.heliograph.protocol.pusher.UserId;
import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.protocol.pusher.WebhookEvent.CacheMiss;
import dev.heliograph.protocol.pusher.WebhookEvent.EventByClient;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberAdded;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is stored of events, attempts and dead letters is what is read. */
final class QueuedEventTest {
    private static final PusherChannel CHANNEL = new PusherChannel("presence-a");

    private static final List<WebhookEvent> ALL = List.of(
            Apps.occupied("a"),
            Apps.vacated("#server-to-user-1"),
            new CacheMiss(new PusherChannel("cache-a")),
            Apps.added("presence-a", "ü😀"),
            new MemberAdded(CHANNEL, new UserId("12", true)),
            Apps.removed("presence-a", "x"),
            Apps.count("a", 123_456),
            Apps.sent("private-a", "{\"a\":\"" + "ü".repeat(50_000) + "\"}"),
            new EventByClient(
                    new ClientEvent(CHANNEL, "client-ü", RawJson.of("\"text\"")),
                    new SocketId("1.2"),
                    new UserId("7", true)));

    @Test
    void anEvent_isReadAsItWasStored() {
        for (WebhookEvent event : ALL) {
            var queued = new QueuedEvent(123, event);
            QueuedEvent read = QueuedEvent.read(queued.toBytes());
            assertEquals(queued, read);
            var letter = new DeadLetter(456, "answered with status 500 ü", queued);
            assertEquals(letter, DeadLetter.read(letter.toBytes()));
        }
        var user = (MemberAdded)
                QueuedEvent.read(new QueuedEvent(1, ALL.get(4)).toBytes()).event();
        assertTrue(user.user().number());
    }

    @Test
    void anAttempt_isReadAsItWasStored() {
        var attempt = new Attempt(1L << 40, 100, 1_700_000_000_000L, 9);
        assertEquals(attempt, Attempt.read(attempt.toBytes()));
    }

    @Test
    void whatIsNoEvent_isRefused() {
        byte[] bytes = new QueuedEvent(1, ALL.getFirst()).toBytes();
        assertThrows(IllegalStateException.class, () -> QueuedEvent.read(Arrays.copyOf(bytes, bytes.length - 1)));
        byte[] newer = bytes.clone();
        newer[0] = 2;
        assertThrows(IllegalStateException.class, () -> QueuedEvent.read(newer));
    }

    @Test
    void kinds_areThoseOfTheSettings() {
        assertEquals(
                WebhookConfig.EVENTS.stream().sorted().toList(),
                Arrays.stream(EventKind.values())
                        .map(EventKind::eventName)
                        .sorted()
                        .toList());
        assertEquals(
                7,
                Arrays.stream(EventKind.values())
                        .mapToInt(EventKind::code)
                        .distinct()
                        .count());
        assertFalse(EventKind.CACHE_MISS.counterpart() != EventKind.CACHE_MISS);
    }

    @Test
    void backoff_doublesUpToAMinute_forFiveMinutes() {
        var first = new Attempt(1, 1, 0, 1);
        assertEquals(500, Backoff.delayMs(first, 0, 0));
        assertEquals(999, Backoff.delayMs(first, 0, 0.999));
        assertEquals(2_000, Backoff.delayMs(new Attempt(1, 1, 0, 3), 0, 0));
        assertEquals(30_000, Backoff.delayMs(new Attempt(1, 1, 0, 7), 0, 0));
        assertEquals(30_000, Backoff.delayMs(new Attempt(1, 1, 0, 1_000_000), 0, 0));
        assertEquals(1, Backoff.delayMs(new Attempt(1, 1, 0, 9), 299_999, 0));
        assertEquals(0, Backoff.delayMs(new Attempt(1, 1, 0, 9), 300_000, 0));
        assertEquals(0, Backoff.delayMs(first, Long.MAX_VALUE / 2, 0));
    }
}
