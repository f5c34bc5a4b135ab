package dev.heliograph.ingest.api;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.Locale;

/**
 * {@code /entities/{name}/{id}/{created|updated|deleted}}: which record, and what has become of it. An id may hold slashes and colons; a name may not, so that no
 * type's channel is a record's of another type.
 */
record EntityPath(String name, String id, Event event) {
    static final String PREFIX = "/entities/";

    private static final String CHANNEL_PREFIX = "entity:";

    /** What can become of a record. */
    enum Event {
        CREATED,
        UPDATED,
        DELETED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param path decoded
     * @throws ProtocolException if it is none
     */
    static EntityPath of(String path) {
        int afterName = path.indexOf('/', PREFIX.length());
        int beforeEvent = path.lastIndexOf('/');
        if (afterName <= PREFIX.length() || beforeEvent <= afterName + 1) {
            throw new ProtocolException(
                    ErrorCode.BAD_MESSAGE,
                    "expected " + PREFIX + "{name}/{id}/ and then one of created, updated, deleted");
        }
        var entity = new EntityPath(
                path.substring(PREFIX.length(), afterName),
                path.substring(afterName + 1, beforeEvent),
                event(path.substring(beforeEvent + 1)));
        if (entity.name().indexOf(':') >= 0 || !ChannelId.isValidName(entity.recordChannel())) {
            throw new ProtocolException(
                    ErrorCode.BAD_CHANNEL,
                    "an entity's name has characters of A-Z a-z 0-9 _ - = @ , . ; and its id also : and /; both and the "
                            + CHANNEL_PREFIX + " before them have at most " + ChannelId.NAME_LENGTH_MAX
                            + " characters, one colon more between them");
        }
        return entity;
    }

    private static Event event(String word) {
        for (Event event : Event.values()) {
            if (event.word().equals(word)) {
                return event;
            }
        }
        throw new ProtocolException(
                ErrorCode.BAD_MESSAGE, "the last segment of the path is created, updated or deleted");
    }

    /** Of all records of the type. */
    String typeChannel() {
        return CHANNEL_PREFIX + name;
    }

    /** Of this record alone. */
    String recordChannel() {
        return typeChannel() + ":" + id;
    }

    String messageType() {
        return CHANNEL_PREFIX + event.word();
    }
}
