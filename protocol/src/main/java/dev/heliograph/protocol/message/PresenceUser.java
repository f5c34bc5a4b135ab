package dev.heliograph.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * One member of a presence channel as others see it: a user, however many connections it has there. Source: docs/PROTOCOL.md, "Presence".
 *
 * @param id the token's subject
 * @param name the token's name; null if it has none
 * @param lastSeenMs when the gateway last had a sign of life of it, milliseconds since the epoch
 * @param joinedAtMs since when it is there without a break
 * @param connections how many it has there; 0 for one who has left
 * @param metadata an object that it has set
 */
public record PresenceUser(
        String id, @Nullable String name, long lastSeenMs, long joinedAtMs, int connections, RawJson metadata) {
    /** Most bytes of metadata, as the client wrote it. */
    public static final int METADATA_BYTES_MAX = 1024;

    public PresenceUser seenAt(long ms) {
        return new PresenceUser(id, name, ms, joinedAtMs, connections, metadata);
    }

    /** As it is told when it has left. */
    public PresenceUser gone() {
        return new PresenceUser(id, name, lastSeenMs, joinedAtMs, 0, metadata);
    }

    /** Whether there is nothing to tell but that it was seen. */
    public boolean differsInNothingFrom(PresenceUser other) {
        return equals(other.seenAt(lastSeenMs));
    }

    /** About how many bytes {@link #toJson} has, but for what has to be escaped in the names. */
    public int bytesAbout() {
        return 128 + id.length() + (name == null ? 0 : name.length()) + metadata.length();
    }

    public RawJson toJson() {
        var out = new JsonBytes(192 + metadata.length());
        writeTo(out);
        return out.toJson();
    }

    void writeTo(JsonBytes out) {
        out.raw("{\"id\":").string(id).raw(",\"name\":").stringOrNull(name);
        out.raw(",\"lastSeen\":").number(lastSeenMs).raw(",\"joinedAt\":").number(joinedAtMs);
        out.raw(",\"connections\":").number(connections).raw(",\"metadata\":").raw(metadata);
        out.raw('}');
    }
}
