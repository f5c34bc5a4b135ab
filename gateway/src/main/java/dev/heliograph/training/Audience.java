package dev.heliograph.training;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Subscribers of one channel, read in the order in which a loop writes to them. One thread. */
final class Audience implements AutoCloseable {
    private final List<WebSocketPeer> members = new ArrayList<>();
    private long deliveries;

    /** @param subscribe the message that subscribes each */
    Audience(InetSocketAddress gateway, String authorization, int size, String subscribe) throws IOException {
        this(gateway, "/ws", authorization, size, subscribe, "\"type\":\"subscribed\"");
    }

    /** @param subscribed what the answer contains */
    Audience(InetSocketAddress gateway, String path, String header, int size, String subscribe, String subscribed)
            throws IOException {
        try {
            for (int i = 0; i < size; i++) {
                WebSocketPeer member = HttpPeer.connect(gateway).upgrade(path, header);
                members.add(member);
                member.send(subscribe);
            }
            for (WebSocketPeer member : members) {
                member.awaitPart(subscribed);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Returns when each has got so many publications. */
    void receive(int publications) throws IOException {
        for (WebSocketPeer member : members) {
            member.skip(publications);
        }
        deliveries += (long) publications * members.size();
    }

    /** How many publications they have got, all together. */
    long deliveries() {
        return deliveries;
    }

    /** Every second says goodbye, the others are just gone. */
    @Override
    public void close() throws IOException {
        for (int i = 0; i < members.size(); i++) {
            if (i % 2 == 0) {
                members.get(i).leave();
            } else {
                members.get(i).close();
            }
        }
    }
}
