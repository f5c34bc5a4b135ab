package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.RawJson;

/**
 * What has changed in a channel over a window, in net. Each says how things stand, not what happened: whoever takes them in order ends up with the members, even
 * if it has learned some of it before.
 */
public sealed interface PresenceChange {
    ChannelId channel();

    /** The message's type. Source: docs/PROTOCOL.md, "Presence". */
    String type();

    RawJson payload();

    /** What it is about: while changes wait for a slow client, the newest about the same stands for those before it. */
    String key();

    /** A member, told apart from all of them together whatever its id is. */
    private static String keyOf(PresenceUser user) {
        return "user:" + user.id();
    }

    /** One member has come, or is back after it was told to have left. */
    record Came(ChannelId channel, PresenceUser user) implements PresenceChange {
        @Override
        public String type() {
            return "presence:join";
        }

        @Override
        public RawJson payload() {
            return user.toJson();
        }

        @Override
        public String key() {
            return keyOf(user);
        }
    }

    record Left(ChannelId channel, PresenceUser user) implements PresenceChange {
        @Override
        public String type() {
            return "presence:leave";
        }

        @Override
        public RawJson payload() {
            return user.toJson();
        }

        @Override
        public String key() {
            return keyOf(user);
        }
    }

    /** What is known of one member has changed. */
    record Updated(ChannelId channel, PresenceUser user) implements PresenceChange {
        @Override
        public String type() {
            return "presence:update";
        }

        @Override
        public RawJson payload() {
            return user.toJson();
        }

        @Override
        public String key() {
            return keyOf(user);
        }
    }

    /** More than one has changed: all members, or how many they are. */
    record Synced(ChannelId channel, PresenceState state) implements PresenceChange {
        @Override
        public String type() {
            return "presence:sync";
        }

        @Override
        public RawJson payload() {
            return state.toJson();
        }

        @Override
        public String key() {
            return "all";
        }
    }
}
