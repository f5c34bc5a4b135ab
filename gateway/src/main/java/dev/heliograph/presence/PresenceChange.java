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
    }
}
