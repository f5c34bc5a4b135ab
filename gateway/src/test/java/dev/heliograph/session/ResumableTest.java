package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.SubscribeOptions;
import org.junit.jupiter.api.Test;

/** That what a session keeps for its return is no more than what it has. */
final class ResumableTest {
    private static final Position START = new Position("e", 0);

    private final Resumable resumable = new Resumable(new Resumptions(() -> "key", () -> 0), null);

    @Test
    void channelsThatAreLeft_areForgotten_howeverManyThereWere() {
        for (int i = 0; i < 1_000; i++) {
            resumable.onSubscribed("c-" + i, SubscribeOptions.NONE, START, false, false);
            resumable.onUnsubscribed("c-" + i);
        }
        assertEquals(0, resumable.size());
    }

    @Test
    void aSubscriptionThatGoesOn_isStillThere() {
        resumable.onSubscribed("c", SubscribeOptions.NONE, START, false, false);
        resumable.onSubscribed("c", SubscribeOptions.NONE, new Position("e", 7), false, true);
        assertEquals(1, resumable.size());
    }
}
