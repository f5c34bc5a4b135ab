package dev.heliograph.ingest.api;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.ingest.api.EntityPath.Event;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.BodyReader;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.EntityChange;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.publish.Publisher;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /entities/…}: what a repository tells of a record goes to the channel of its type and to the record's own. Who tells it needs the publish grant on
 * both. Any thread. Source: docs/PROTOCOL.md, "Entities".
 */
final class EntityDoor implements Door {
    private static final int META_LENGTH_EXPECTED = 160;
    private static final int KEY_LENGTH_MAX = 200;

    private final Publisher publisher;
    private final DoorAnswers answers;
    private final int dataBytesMax;

    /** @param dataBytesMax of a record */
    EntityDoor(Publisher publisher, DoorAnswers answers, int dataBytesMax) {
        this.publisher = publisher;
        this.answers = answers;
        this.dataBytesMax = dataBytesMax;
    }

    @Override
    public void answer(Principal principal, Request request, Consumer<Response> respond) throws DecodeException {
        EntityPath entity = EntityPath.of(request.path());
        ChannelId type = principal.permit(Operation.PUBLISH, entity.typeChannel());
        ChannelId one = principal.permit(Operation.PUBLISH, entity.recordChannel());
        EntityChange change = new BodyReader(request.body()).entityChange();
        RawJson payload = payload(entity, change);
        RawJson meta = meta(entity, change, principal);
        String id = idempotencyId(entity, change, request);
        publisher.publish(
                principal,
                List.of(
                        draft(type, entity, payload, meta, request.receivedNanos()),
                        draft(one, entity, payload, meta, request.receivedNanos())),
                id,
                positions -> respond.accept(answers.published(positions)),
                refusal -> respond.accept(answers.refused(refusal)));
    }

    private static Draft draft(ChannelId channel, EntityPath entity, RawJson payload, RawJson meta, long nanos) {
        return new Draft(channel, entity.messageType(), payload, entity.id(), 0, nanos, null, new OwnType(meta));
    }

    /** The record as it is now; of a deleted one its id is left. */
    private RawJson payload(EntityPath entity, EntityChange change) {
        if (change.dataId() != null && !change.dataId().equals(entity.id())) {
            throw new ProtocolException(
                    ErrorCode.BAD_MESSAGE, "the id in \"data\" is not that of the path, " + entity.id());
        }
        if (entity.event() == Event.DELETED) {
            return new JsonBytes(entity.id().length() + 10)
                    .raw("{\"id\":")
                    .string(entity.id())
                    .raw("}")
                    .toJson();
        }
        RawJson data = change.data();
        if (data == null) {
            throw new ProtocolException(ErrorCode.BAD_MESSAGE, "\"data\" is missing, the record itself");
        }
        if (data.length() > dataBytesMax) {
            throw PublicationDoor.tooLarge(data.length(), dataBytesMax);
        }
        return data;
    }

    private static RawJson meta(EntityPath entity, EntityChange change, Principal principal) {
        var out = new JsonBytes(META_LENGTH_EXPECTED)
                .raw("{\"entity\":")
                .string(entity.name())
                .raw(",\"id\":")
                .string(entity.id());
        if (change.version() != null) {
            out.raw(",\"version\":").number(change.version());
        }
        String userId = change.userId() != null ? change.userId() : principal.userId();
        if (userId != null) {
            out.raw(",\"userId\":").string(userId);
        }
        if (change.mutationId() != null) {
            out.raw(",\"mutationId\":").string(change.mutationId());
        }
        return out.raw("}").toJson();
    }

    /** Of what becomes of this record in this way: the same id may stand for something else of another record. Null: there is none. */
    private static @Nullable String idempotencyId(EntityPath entity, EntityChange change, Request request) {
        String header = request.header("idempotency-key");
        if (header != null && change.id() != null && !Objects.equals(header, change.id())) {
            throw new ProtocolException(
                    ErrorCode.BAD_MESSAGE, "\"id\" and the header Idempotency-Key differ; expected one of them");
        }
        String id = change.id() != null ? change.id() : header;
        if (id == null) {
            return null;
        }
        if (id.isEmpty() || id.length() > KEY_LENGTH_MAX) {
            throw new ProtocolException(
                    ErrorCode.BAD_MESSAGE, "the Idempotency-Key has 1 to " + KEY_LENGTH_MAX + " characters");
        }
        return entity.event().word() + " " + entity.id() + " " + id;
    }
}
