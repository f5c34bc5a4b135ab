package dev.heliograph.app.api;

import dev.heliograph.protocol.pusher.ApiException;
import java.util.Map;

/**
 * Which door answers which request below {@code /apps/}.
 *
 * <pre>
 *  POST {id}/events                                   publish
 *  POST {id}/batch_events                             publish several
 *  POST {id}/channels/{channel}/events                publish, as long ago
 *  GET  {id}/channels                                 which are occupied
 *  GET  {id}/channels/{channel}                       of one
 *  GET  {id}/channels/{channel}/users                 who is in it
 *  POST {id}/users/{user}/terminate_connections       disconnect
 * </pre>
 */
final class ApiPaths {
    private static final int CITED_MAX = 64;

    private final Map<String, ApiDoor.Later> doors;

    ApiPaths(Publishing publishing, ChannelDoors channels, TerminateDoor terminate) {
        doors = Map.of(
                "POST events", publishing::event,
                "POST batch_events", publishing::batch,
                "POST channels/*/events", publishing::legacyEvent,
                "GET channels", ApiDoor.now(channels::channels),
                "GET channels/*", ApiDoor.now(channels::channel),
                "GET channels/*/users", ApiDoor.now(channels::users),
                "POST users/*/terminate_connections", ApiDoor.now(terminate));
    }

    /** @param path the app's id and what stands behind it */
    ApiDoor.Later door(String method, String[] path) throws ApiException {
        var shape = new StringBuilder(method).append(' ');
        for (int i = 1; i < path.length; i++) {
            shape.append(i == 1 ? "" : "/").append(i == 2 ? "*" : path[i]);
        }
        ApiDoor.Later door = doors.get(shape.toString());
        if (door == null) {
            throw new ApiException(
                    ApiException.NOT_FOUND,
                    "There is nothing at " + method + " /apps/" + cited(String.join("/", path)));
        }
        return door;
    }

    static String cited(String text) {
        return text.length() <= CITED_MAX ? text : text.substring(0, CITED_MAX) + "…";
    }
}
