package dev.heliograph.config;

/**
 * The live page at {@code /}.
 *
 * @param enabled whether it is served
 * @param channel the channel it subscribes to; empty for the first environment's events of {@code workspace}
 * @param workspace whose events it shows; empty for the only one
 * @param tokenUrl where it fetches a token; empty if it shall ask for one
 */
public record PageConfig(boolean enabled, String workspace, String channel, String tokenUrl) {
    public static final PageConfig DEFAULT = new PageConfig(true, "", "", "");

    static PageConfig read(Section s) {
        return new PageConfig(
                s.value("enabled", ValueType.flag(), DEFAULT.enabled()),
                s.value("workspace", Names.OPTIONAL, DEFAULT.workspace()),
                s.value("channel", Names.CHANNEL_OR_EMPTY, DEFAULT.channel()),
                s.value("tokenUrl", Names.TOKEN_URL, DEFAULT.tokenUrl()));
    }
}
