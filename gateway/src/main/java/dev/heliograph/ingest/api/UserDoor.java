package dev.heliograph.ingest.api;

import dev.heliograph.auth.Principal;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.BodyReader;
import dev.heliograph.protocol.message.ClientMessage.Publish;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.publish.Publisher;
import java.util.function.Consumer;

/** {@code POST /users/{id}/messages}: a message to all connections of a user, on the user's channel. Any thread. Source: docs/PROTOCOL.md, "Users". */
final class UserDoor implements Door {
    static final String PREFIX = "/users/";

    private static final String SUFFIX = "/messages";
    private static final String CHANNEL_PREFIX = "user:";

    private final Publisher publisher;
    private final DoorAnswers answers;
    private final int dataBytesMax;

    /** @param dataBytesMax of a message */
    UserDoor(Publisher publisher, DoorAnswers answers, int dataBytesMax) {
        this.publisher = publisher;
        this.answers = answers;
        this.dataBytesMax = dataBytesMax;
    }

    @Override
    public void answer(Principal principal, Request request, Consumer<Response> respond) throws DecodeException {
        Publish asked = new BodyReader(request.body()).publication(channel(request.path()));
        PublicationDoor.check(asked, dataBytesMax);
        publisher.publish(
                principal,
                asked,
                request.receivedNanos(),
                position -> respond.accept(answers.published(position)),
                refusal -> respond.accept(answers.refused(refusal)));
    }

    private static String channel(String path) {
        int end = path.length() - SUFFIX.length();
        if (!path.endsWith(SUFFIX) || end <= PREFIX.length()) {
            throw new ProtocolException(ErrorCode.BAD_MESSAGE, "expected " + PREFIX + "{id}" + SUFFIX);
        }
        return CHANNEL_PREFIX + path.substring(PREFIX.length(), end);
    }
}
