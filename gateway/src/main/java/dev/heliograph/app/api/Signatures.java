package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.config.Secret;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.AuthAnswers;
import dev.heliograph.protocol.pusher.AuthRequest;
import dev.heliograph.protocol.pusher.EncryptionKey;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherChannel.Kind;
import dev.heliograph.protocol.pusher.QueryParameters;
import dev.heliograph.protocol.pusher.SocketId;
import dev.heliograph.protocol.pusher.UserId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Signs what a principal's grants allow. Stateless; any thread. */
final class Signatures {
    private static final int LENGTH_EXPECTED = 128;

    private Signatures() {}

    /** {@code POST /pusher/auth}: the connection may subscribe to the channel. */
    static byte[] channel(App app, Principal principal, QueryParameters form) throws ApiException {
        AuthRequest request = AuthRequest.read(form, app.limits());
        PusherChannel channel = request.channel();
        if (!principal.grants().allows(Operation.SUBSCRIBE, channel.name())) {
            throw forbidden("the token does not grant subscribe on " + channel);
        }
        String channelData =
                channel.kind() == Kind.PRESENCE ? data("user_id", userId(principal), principal.name()) : null;
        return AuthAnswers.channel(app.keys().oldest(), request, channelData, encryption(app));
    }

    /** {@code POST /pusher/user-auth}: the connection may sign in as the token's user. */
    static byte[] user(App app, Principal principal, QueryParameters form) throws ApiException {
        SocketId socketId = AuthRequest.readUser(form);
        String userId = userId(principal);
        if (PusherChannel.ofUser(userId) == null) {
            throw forbidden("the token's subject cannot sign in: expected characters of A-Z a-z 0-9 _ - = @ , . ;");
        }
        return AuthAnswers.user(app.keys().oldest(), socketId, data("id", userId, principal.name()));
    }

    private static String userId(Principal principal) throws ApiException {
        String userId = principal.userId();
        if (userId == null || userId.isEmpty() || userId.length() > UserId.LENGTH_MAX) {
            throw forbidden("the token needs a subject of 1 to " + UserId.LENGTH_MAX + " characters");
        }
        return userId;
    }

    private static String data(String idField, String userId, @Nullable String name) {
        var out = new JsonBytes(LENGTH_EXPECTED)
                .raw("{\"" + idField + "\":")
                .string(userId)
                .raw(",\"user_info\":{");
        if (name != null) {
            out.raw("\"name\":").string(name);
        }
        return new String(out.raw("}}").toBytes(), StandardCharsets.UTF_8);
    }

    private static @Nullable EncryptionKey encryption(App app) {
        Secret key = app.config().encryptionKey();
        return key == null ? null : new EncryptionKey(Base64.getDecoder().decode(key.reveal()));
    }

    private static ApiException forbidden(String explanation) {
        return new ApiException(ApiException.FORBIDDEN, explanation);
    }
}
