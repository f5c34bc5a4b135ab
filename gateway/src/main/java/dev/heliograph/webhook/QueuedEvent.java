package dev.heliograph.webhook;

import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.SocketId;
import dev.heliograph.protocol.pusher.UserId;
import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.protocol.pusher.WebhookEvent.CacheMiss;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelOccupied;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelVacated;
import dev.heliograph.protocol.pusher.WebhookEvent.EventByClient;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberAdded;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberRemoved;
import dev.heliograph.protocol.pusher.WebhookEvent.SubscriptionCount;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * An event as it waits in the store. Immutable.
 *
 * <pre>
 * 1 byte   version, 1
 * 8 bytes  when it was queued, milliseconds since the epoch
 * 1 byte   kind, see {@link EventKind}
 * text     channel
 * …        user | number (4 bytes) | event, data (4 bytes length, UTF-8), socket id, whether a user follows, user
 * </pre>
 *
 * A text is two bytes of length and modified UTF-8, a user a text and whether it was a number.
 */
record QueuedEvent(long queuedMs, WebhookEvent event) {
    private static final int VERSION = 1;

    byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(queuedMs);
            out.writeByte(EventKind.of(event).code());
            out.writeUTF(EventKind.channel(event).name());
            writeRest(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private void writeRest(DataOutputStream out) throws IOException {
        switch (event) {
            case ChannelOccupied _, ChannelVacated _, CacheMiss _ -> {}
            case MemberAdded added -> writeUser(out, added.user());
            case MemberRemoved removed -> writeUser(out, removed.user());
            case SubscriptionCount count -> out.writeInt(count.count());
            case EventByClient(ClientEvent sent, SocketId sender, UserId user) -> {
                out.writeUTF(sent.event());
                out.writeInt(sent.data().length());
                out.write(sent.data().utf8());
                out.writeUTF(sender.text());
                out.writeBoolean(user != null);
                if (user != null) {
                    writeUser(out, user);
                }
            }
        }
    }

    private static void writeUser(DataOutputStream out, UserId user) throws IOException {
        out.writeUTF(user.text());
        out.writeBoolean(user.number());
    }

    /** @throws IllegalStateException if these bytes are none, or those of a newer gateway */
    static QueuedEvent read(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != VERSION) {
                throw new IllegalStateException("the event was stored by a newer gateway");
            }
            long queuedMs = in.readLong();
            EventKind kind = EventKind.of(in.readByte());
            if (kind == null) {
                throw new IllegalStateException("the event was stored by a newer gateway");
            }
            return new QueuedEvent(queuedMs, readEvent(kind, new PusherChannel(in.readUTF()), in));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("what was stored is no event", e);
        }
    }

    private static WebhookEvent readEvent(EventKind kind, PusherChannel channel, DataInputStream in)
            throws IOException {
        return switch (kind) {
            case CHANNEL_OCCUPIED -> new ChannelOccupied(channel);
            case CHANNEL_VACATED -> new ChannelVacated(channel);
            case CACHE_MISS -> new CacheMiss(channel);
            case MEMBER_ADDED -> new MemberAdded(channel, readUser(in));
            case MEMBER_REMOVED -> new MemberRemoved(channel, readUser(in));
            case SUBSCRIPTION_COUNT -> new SubscriptionCount(channel, in.readInt());
            case CLIENT_EVENT -> {
                String name = in.readUTF();
                var sent = new ClientEvent(channel, name, new RawJson(in.readNBytes(in.readInt())));
                var sender = new SocketId(in.readUTF());
                @Nullable UserId user = in.readBoolean() ? readUser(in) : null;
                yield new EventByClient(sent, sender, user);
            }
        };
    }

    private static UserId readUser(DataInputStream in) throws IOException {
        return new UserId(in.readUTF(), in.readBoolean());
    }
}
