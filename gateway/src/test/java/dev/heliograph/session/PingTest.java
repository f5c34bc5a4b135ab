package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.session.PresenceStage.Client;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** When connections are pinged, and by how many sends. */
final class PingTest {
    private static final int CLIENTS = 1_000;
    private static final int INTERVAL_SECONDS = 25;

    private final PresenceStage stage = new PresenceStage(100);

    @Test
    void ping_isOneSend_ofTheMessageAndTheFrame() {
        Client client = stage.connect(PresenceStage.user("a"));
        int sends = client.sends();
        int before = client.bytes().length;
        stage.pass(24_000);
        assertEquals(sends, client.sends());
        stage.pass(1_000);
        assertEquals(sends + 1, client.sends());
        byte[] came = Arrays.copyOfRange(client.bytes(), before, client.bytes().length);
        byte[] frame = Frames.ping(new byte[0]);
        assertArrayEquals(frame, Arrays.copyOfRange(came, came.length - frame.length, came.length));
        String message = new String(came, 2, came.length - 2 - frame.length, StandardCharsets.UTF_8);
        assertTrue(message.contains("\"type\":\"ping\""), message);
        stage.pass(25_000);
        assertEquals(sends + 2, client.sends());
    }

    @Test
    void connectionsThatBeganTogether_arePingedApart_eachWithinAnInterval() {
        long seed = System.nanoTime();
        System.out.println("seed of the pings: " + seed);
        var random = new SplittableRandom(seed);
        stage.draw(random::nextLong);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(stage.connect(PresenceStage.user("a")));
        }
        int before = sends(clients);
        for (int interval = 0; interval < 3; interval++) {
            int most = 0;
            for (int second = 0; second < INTERVAL_SECONDS; second++) {
                int sent = sends(clients);
                stage.pass(1_000);
                most = Math.max(most, sends(clients) - sent);
            }
            assertEquals(before + CLIENTS * (interval + 1), sends(clients), "each once");
            assertTrue(most < CLIENTS / 5, most + " at once");
        }
    }

    private static int sends(List<Client> clients) {
        return clients.stream().mapToInt(Client::sends).sum();
    }
}
