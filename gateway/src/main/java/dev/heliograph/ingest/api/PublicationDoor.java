package dev.heliograph.ingest.api;

import dev.heliograph.auth.Principal;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.BodyReader;
import dev.heliograph.protocol.message.ClientMessage.Publish;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.publish.Publisher;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/** {@code POST /publications}: one publication, or a list of them, each of which succeeds or fails by itself. Any thread. */
final class PublicationDoor implements Door {
    static final String PATH = "/publications";

    private static final int ENTRY_LENGTH_EXPECTED = 80;

    private final Publisher publisher;
    private final DoorAnswers answers;
    private final int dataBytesMax;

    /** @param dataBytesMax of one publication's data */
    PublicationDoor(Publisher publisher, DoorAnswers answers, int dataBytesMax) {
        this.publisher = publisher;
        this.answers = answers;
        this.dataBytesMax = dataBytesMax;
    }

    @Override
    public void answer(Principal principal, Request request, Consumer<Response> respond) throws DecodeException {
        var body = new BodyReader(request.body());
        if (body.isList()) {
            new Batch(body.publications(), respond).publish(principal, request);
            return;
        }
        Publish asked = body.publication();
        check(asked, dataBytesMax);
        publisher.publish(
                principal,
                asked,
                request.receivedNanos(),
                position -> respond.accept(answers.published(position)),
                refusal -> respond.accept(answers.refused(refusal)));
    }

    static void check(Publish asked, int dataBytesMax) {
        if (asked.data().length() > dataBytesMax) {
            throw tooLarge(asked.data().length(), dataBytesMax);
        }
    }

    static ProtocolException tooLarge(int bytes, int bytesMax) {
        return new ProtocolException(
                ErrorCode.TOO_LARGE,
                "data of " + bytes + " bytes; expected at most " + bytesMax + ", which is limits.messageBytesMax");
    }

    /** What has become of each of a list; the last one that is settled lets the answer go. */
    private final class Batch {
        private final List<Publish> asked;
        private final Consumer<Response> respond;
        private final AtomicReferenceArray<JsonBytes> results;
        private final AtomicInteger open;

        Batch(List<Publish> asked, Consumer<Response> respond) {
            this.asked = asked;
            this.respond = respond;
            this.results = new AtomicReferenceArray<>(asked.size());
            this.open = new AtomicInteger(asked.size() + 1);
        }

        void publish(Principal principal, Request request) {
            for (int i = 0; i < asked.size(); i++) {
                publish(principal, i, request.receivedNanos());
            }
            settled();
        }

        private void publish(Principal principal, int index, long acceptedNanos) {
            var out = new JsonBytes(ENTRY_LENGTH_EXPECTED);
            try {
                check(asked.get(index), dataBytesMax);
                publisher.publish(
                        principal,
                        asked.get(index),
                        acceptedNanos,
                        position -> settled(index, DoorAnswers.position(out.raw("{\"position\":"), position)),
                        refusal -> settled(index, error(out, refusal)));
            } catch (ProtocolException e) {
                settled(index, error(out, e));
            }
        }

        private static JsonBytes error(JsonBytes out, ProtocolException e) {
            return DoorAnswers.error(out.raw("{\"error\":"), e.code(), String.valueOf(e.getMessage()));
        }

        private void settled(int index, JsonBytes result) {
            results.set(index, result.raw("}"));
            settled();
        }

        private void settled() {
            if (open.decrementAndGet() > 0) {
                return;
            }
            var out = new JsonBytes(ENTRY_LENGTH_EXPECTED * asked.size() + 2).raw("[");
            for (int i = 0; i < results.length(); i++) {
                JsonBytes result = results.get(i);
                out.raw(i == 0 ? "" : ",").raw(result, 0, result.length());
            }
            respond.accept(answers.done(out.raw("]\n")));
        }
    }
}
