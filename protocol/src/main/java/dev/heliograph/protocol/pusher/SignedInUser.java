package dev.heliograph.protocol.pusher;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a connection has signed in as. Source: Pusher, "Authenticating users".
 *
 * @param id what events to this user are addressed to; a string, or pusher-js would not take the answer
 * @param info what members of a presence channel see of the user who joins without data of its own; an object
 * @param watchlist whose coming and going the user is told: at most 100 ids, each once
 * @param watchlistCut whether there were more, which is told with {@link PusherCode#WATCHLIST_TOO_LONG} behind the {@link PusherServerMessage.SigninSuccess}
 */
public record SignedInUser(UserId id, RawJson info, List<String> watchlist, boolean watchlistCut) {
    /** Most users that one user watches. */
    public static final int WATCHLIST_MAX = 100;

    public SignedInUser {
        watchlist = List.copyOf(watchlist);
    }

    /** The member of a presence channel that this user is where the subscription brought no other. */
    public PresenceMember toMember() {
        return new PresenceMember(id, info);
    }

    /**
     * Reads what the user's server has signed: {@code {"id", "user_info", "watchlist"}}. To be read only when the signature holds.
     *
     * @throws PusherException if it names no user, or tells more of them than the limits allow
     */
    public static SignedInUser read(String userData, PusherLimits limits) throws PusherException {
        byte[] json = userData.getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = JsonInput.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new PusherException("Invalid user_data: expected an object");
            }
            var reading = new Reading();
            for (String field = JsonFields.next(parser); field != null; field = JsonFields.next(parser)) {
                switch (field) {
                    case "id" -> reading.id = id(parser);
                    case "user_info" -> reading.info = info(parser, json, limits.userInfoBytesMax());
                    case "watchlist" -> reading.watchlist(parser);
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new PusherException("Invalid user_data: expected one object, but more follows it");
            }
            return reading.toUser();
        } catch (JsonProcessingException e) {
            throw new PusherException("Invalid user_data: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new PusherException("Unreadable user_data: " + e.getMessage());
        }
    }

    private static @Nullable UserId id(JsonParser parser) throws IOException {
        UserId id = UserId.read(parser);
        return id == null || id.number() || !PusherChannel.isPlain(id.text(), 0) ? null : id;
    }

    private static RawJson info(JsonParser parser, byte[] json, int bytesMax) throws IOException, PusherException {
        RawJson info = PresenceMember.userInfo(parser, json);
        if (info == null || info.length() > bytesMax) {
            throw new PusherException(
                    "Invalid user_info in user_data: expected an object of at most " + bytesMax + " bytes");
        }
        return info;
    }

    private static final class Reading {
        private @Nullable UserId id;
        private RawJson info = RawJson.EMPTY_OBJECT;
        private List<String> watchlist = List.of();
        private boolean watchlistCut;

        void watchlist(JsonParser parser) throws IOException, PusherException {
            if (JsonFields.isNull(parser)) {
                return;
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw new PusherException("Invalid watchlist in user_data: expected a list of user ids");
            }
            var ids = new ArrayList<String>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                UserId watched = UserId.read(parser);
                if (watched == null) {
                    throw new PusherException("Invalid user id in the watchlist: expected " + UserId.RULE);
                }
                if (ids.contains(watched.text())) {
                    continue;
                }
                if (ids.size() == WATCHLIST_MAX) {
                    watchlistCut = true;
                } else {
                    ids.add(watched.text());
                }
            }
            watchlist = ids;
        }

        SignedInUser toUser() throws PusherException {
            if (id == null) {
                throw new PusherException("Invalid id in user_data: expected a string of 1 to " + UserId.LENGTH_MAX
                        + " characters of A-Z a-z 0-9 _ - = @ , . ;");
            }
            return new SignedInUser(id, info, watchlist, watchlistCut);
        }
    }
}
