package dev.heliograph.websocket;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The terms on which permessage-deflate (RFC 7692 section 7.1) is agreed: neither side keeps anything from one message for the next. The client's window may be
 * as large as it likes; ours is always 32 KiB, since zlib in the JDK has no other.
 */
final class Deflate {
    private static final String NAME = "permessage-deflate";
    private static final String ANSWER = NAME + "; server_no_context_takeover; client_no_context_takeover";
    private static final String WINDOW_BITS = "15";
    private static final Pattern ANY_WINDOW_BITS = Pattern.compile("[89]|1[0-5]");

    private Deflate() {}

    /** What to answer to the first of the offers that can be met; null if none can. */
    static @Nullable String answer(List<ExtensionOffer> offers) {
        for (ExtensionOffer offer : offers) {
            String answer = offer.name().equals(NAME) ? answer(offer) : null;
            if (answer != null) {
                return answer;
            }
        }
        return null;
    }

    private static @Nullable String answer(ExtensionOffer offer) {
        var seen = new HashSet<String>();
        String answer = ANSWER;
        for (ExtensionOffer.Parameter parameter : offer.parameters()) {
            if (!seen.add(parameter.name()) || !canMeet(parameter)) {
                return null;
            }
            if (parameter.name().equals("server_max_window_bits")) {
                answer += "; server_max_window_bits=" + WINDOW_BITS;
            }
        }
        return answer;
    }

    private static boolean canMeet(ExtensionOffer.Parameter parameter) {
        String value = parameter.value();
        return switch (parameter.name()) {
            case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
            case "server_max_window_bits" -> WINDOW_BITS.equals(value);
            case "client_max_window_bits" ->
                value == null || ANY_WINDOW_BITS.matcher(value).matches();
            default -> false;
        };
    }
}
