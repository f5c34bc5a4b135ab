package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.Endpoint;
import dev.heliograph.loadtest.EventReader;
import dev.heliograph.loadtest.Ledger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One subscriber of the crowd: subscribes, then holds what comes against its ledger. Confined to the event loop. */
final class Member implements Peer {
    private final Crowd crowd;
    private final EventReader reader;
    private final Connection connection;
    private @Nullable Ledger ledger;

    Member(Crowd crowd, EventReader reader, Endpoint endpoint, LoopBuffers buffers) {
        this.crowd = crowd;
        this.reader = reader;
        this.connection = new Connection(endpoint, buffers, this);
    }

    Connection connection() {
        return connection;
    }

    /** What it has received; null until it has subscribed. */
    @Nullable
    Ledger ledger() {
        return ledger;
    }

    @Override
    public void onText(byte[] bytes, int from, int to) {
        if (ledger != null && reader.read(bytes, from, to)) {
            ledger.note(reader);
            if (reader.isOurs()) {
                crowd.onDelivered(reader);
            }
        } else {
            onControl(ControlMessage.read(bytes, from, to));
        }
    }

    private void onControl(ControlMessage message) {
        switch (message.type()) {
            case "connected" ->
                connection.send(("{\"type\":\"subscribe\",\"channel\":\"" + crowd.channel() + "\",\"payload\":{}}")
                        .getBytes(StandardCharsets.UTF_8));
            case "subscribed" -> {
                ledger = new Ledger(
                        message.payload().path("position").path("offset").asLong(), 0);
                crowd.onJoined();
            }
            case "ping" -> connection.send("{\"type\":\"pong\"}".getBytes(StandardCharsets.UTF_8));
            default -> crowd.onFault("a subscriber was told: " + message.text());
        }
    }

    @Override
    public void onLost(String why) {
        crowd.onLost(why);
    }
}
