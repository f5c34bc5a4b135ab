package dev.heliograph.protocol.dazzle;

import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.ServerMessage.Authenticated;
import dev.heliograph.protocol.message.ServerMessage.Connected;
import dev.heliograph.protocol.message.ServerMessage.Failed;
import dev.heliograph.protocol.message.ServerMessage.History;
import dev.heliograph.protocol.message.ServerMessage.Pong;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone.Done;
import dev.heliograph.protocol.message.ServerMessage.PresenceMembers;
import dev.heliograph.protocol.message.ServerMessage.PresenceSync;
import dev.heliograph.protocol.message.ServerMessage.Published;
import dev.heliograph.protocol.message.ServerMessage.Subscribed;
import dev.heliograph.protocol.message.ServerMessage.SubscribedMany;
import dev.heliograph.protocol.message.ServerMessage.Unsubscribed;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Dazzle's names for what the native protocol says. What its client says is the native protocol already. What it has no name for is the native message without its
 * version; the client hands such types on as they are.
 *
 * <p>{@code requestId} is echoed on {@code subscribed} alone: that client drops every other frame whose request it still remembers before anyone sees it. Source:
 * docs/PROTOCOL.md, "Dazzle's dialect".
 */
public final class DazzleCodec implements Codec {
    private static final byte[] VERSION = ascii("{\"version\":1,");
    private static final byte[] MANY = ascii("{\"version\":1,\"type\":\"subscribed\"");

    private final NativeCodec others = new NativeCodec();

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public ClientMessage decode(ByteBuf text) throws DecodeException {
        return others.decode(text);
    }

    @Override
    public byte[] encode(Publication publication) {
        String name = publication.name();
        if (publication.ownType() == null) {
            return EntityFrame.ofEvent(publication);
        }
        if (name.startsWith("entity:")) {
            return EntityFrame.ofEntity(publication);
        }
        return name.startsWith("presence:")
                ? PresenceFrame.ofChange(publication)
                : behind(VERSION, "{", others.encode(publication));
    }

    @Override
    public byte[] encode(ServerMessage message, long nowMs) {
        return switch (message) {
            case Connected connected -> AnswerFrame.connected(connected, nowMs);
            case Subscribed subscribed ->
                AnswerFrame.done("subscribed", subscribed.joined().channel(), subscribed.requestId(), nowMs);
            case SubscribedMany many -> behind(MANY, "{\"type\":\"subscriptions\"", unasked(many, nowMs));
            case Unsubscribed done -> AnswerFrame.done("unsubscribed", done.channel(), null, nowMs);
            case PresenceDone done
            when done.what() == Done.JOINED -> AnswerFrame.done("subscribed", done.channel(), done.requestId(), nowMs);
            case PresenceDone done
            when done.what() == Done.LEFT -> AnswerFrame.done("unsubscribed", done.channel(), null, nowMs);
            case PresenceSync sync -> PresenceFrame.ofState(sync, nowMs);
            case Failed failed -> AnswerFrame.failed(failed, nowMs);
            default -> behind(VERSION, "{", unasked(message, nowMs));
        };
    }

    /** The native message, as if nobody had asked for it. */
    private byte[] unasked(ServerMessage message, long nowMs) {
        ServerMessage unasked = switch (message) {
            case Authenticated it -> new Authenticated(null, it.userId(), it.expiresAtMs(), it.lost());
            case SubscribedMany it -> new SubscribedMany(null, it.results());
            case Published it -> new Published(null, it.channel(), it.position());
            case History it -> new History(null, it.channel(), it.publications(), it.position(), it.complete());
            case PresenceDone it -> new PresenceDone(null, it.channel(), it.what());
            case PresenceMembers it -> new PresenceMembers(null, it.channel(), it.page());
            case Pong _ -> new Pong(null);
            default -> message;
        };
        return others.encode(unasked, nowMs);
    }

    private static byte[] behind(byte[] head, String other, byte[] message) {
        byte[] before = ascii(other);
        byte[] whole = new byte[before.length + message.length - head.length];
        System.arraycopy(before, 0, whole, 0, before.length);
        System.arraycopy(message, head.length, whole, before.length, message.length - head.length);
        return whole;
    }
}
