package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.Endpoint;
import dev.heliograph.loadtest.Stamp;
import java.nio.charset.StandardCharsets;

/** The one connection that publishes; it asks for no answers, so only refusals come back. Confined to the event loop. */
final class Publisher implements Peer {
    private final Crowd crowd;
    private final String run;
    private final int dataBytes;
    private final Connection connection;

    Publisher(Crowd crowd, String run, int dataBytes, Endpoint endpoint, LoopBuffers buffers) {
        this.crowd = crowd;
        this.run = run;
        this.dataBytes = dataBytes;
        this.connection = new Connection(endpoint, buffers, this);
    }

    Connection connection() {
        return connection;
    }

    void publish(int number, long dueMicros) {
        String data = data(new Stamp(run, number, dueMicros));
        connection.send(
                ("{\"type\":\"publish\",\"channel\":\"" + crowd.channel() + "\",\"payload\":{\"data\":" + data + "}}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private String data(Stamp stamp) {
        String bare = "{\"stamp\":\"" + stamp.text() + "\",\"pad\":\"\"}";
        String pad = "x".repeat(Math.max(0, dataBytes - bare.length()));
        return bare.substring(0, bare.length() - 2) + pad + "\"}";
    }

    @Override
    public void onText(byte[] bytes, int from, int to) {
        ControlMessage message = ControlMessage.read(bytes, from, to);
        switch (message.type()) {
            case "connected" -> crowd.onPublisherReady();
            case "ping" -> connection.send("{\"type\":\"pong\"}".getBytes(StandardCharsets.UTF_8));
            default -> crowd.onFault("the publisher was told: " + message.text());
        }
    }

    @Override
    public void onLost(String why) {
        crowd.onPublisherLost(why);
    }
}
