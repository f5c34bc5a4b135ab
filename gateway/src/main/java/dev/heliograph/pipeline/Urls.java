package dev.heliograph.pipeline;

/** Takes query strings and fragments, which often carry addresses and tokens, out of URLs. Pure. */
final class Urls {
    private Urls() {}

    /** The text with every URL in it, or the relative one it is, cut at its query or fragment; the same object where there is nothing to cut. */
    static String withoutQueries(String text) {
        if (text.indexOf('?') < 0 && text.indexOf('#') < 0) {
            return text;
        }
        if (text.startsWith("?") || text.startsWith("/")) {
            return text.substring(0, queryFrom(text, 0, text.length()));
        }
        int scheme = text.indexOf("://");
        return scheme < 0 ? text : cutEach(text, scheme);
    }

    private static String cutEach(String text, int firstScheme) {
        var kept = new StringBuilder(text.length());
        int from = 0;
        int scheme = firstScheme;
        while (scheme >= 0) {
            int end = scheme;
            while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
                end++;
            }
            kept.append(text, from, queryFrom(text, scheme, end));
            from = end;
            scheme = text.indexOf("://", end);
        }
        return kept.append(text, from, text.length()).toString();
    }

    private static int queryFrom(String text, int from, int end) {
        for (int i = from; i < end; i++) {
            if (text.charAt(i) == '?' || text.charAt(i) == '#') {
                return i;
            }
        }
        return end;
    }
}
