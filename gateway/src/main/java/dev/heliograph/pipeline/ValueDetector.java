package dev.heliograph.pipeline;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * Tells by its form whether a text holds something personal or secret: an e-mail address, payment card, phone or social security number, an IP or MAC
 * address, a token or key. Every pattern begins where its first character cannot continue a longer run, and never gives characters back, so that the
 * time is linear in the text. Pure.
 */
final class ValueDetector {
    private static final int DIGITS_MIN = 7;

    private static final Pattern EMAIL =
            Pattern.compile("(?<![\\p{L}\\p{N}._%+-])[\\p{L}\\p{N}._%+-]++@[\\p{L}\\p{N}-]++(?:\\.[\\p{L}\\p{N}-]++)+");

    /** International; North American in its three groups; national with a leading zero. */
    private static final Pattern PHONE = Pattern.compile("(?<![\\w+])\\+\\d(?:[ ().-]{0,2}\\d){7,14}(?!\\d)"
            + "|(?<![\\w.-])(?:1[ .-])?\\(?[2-9]\\d{2}\\)?[ .-]{1,2}\\d{3}[ .-]\\d{4}(?![\\w-])"
            + "|(?<![\\w.-])\\(?0\\d{1,4}\\)?[ ./-]\\d(?:[ .-]?\\d){5,9}(?![\\w-])");

    private static final Pattern SOCIAL_SECURITY =
            Pattern.compile("(?<![\\w-])(?!000|666|9\\d\\d)\\d{3}[- ](?!00)\\d{2}[- ](?!0000)\\d{4}(?![\\w-])");

    private static final Pattern IP4 = Pattern.compile(
            "(?<![\\w.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}" + "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?!\\w|\\.\\d)");

    private static final Pattern IP6 = Pattern.compile("(?<![\\w:])(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
            + "|(?=[0-9a-fA-F:]{4,39}(?![\\w:]))(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::"
            + "(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?)(?![\\w:])");

    private static final Pattern MAC = Pattern.compile("(?<![\\w:-])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![\\w:-])"
            + "|(?<![\\w:-])(?:[0-9a-fA-F]{2}-){5}[0-9a-fA-F]{2}(?![\\w:-])");

    private static final int SECRET_LENGTH_MIN = 16;

    private static final Pattern SECRET = Pattern.compile("(?<![\\w-])eyJ[\\w-]{5,}+\\.[\\w-]{5,}+"
            + "|(?<!\\w)[srp]k_(?:live|test)_\\w{8}|(?<!\\w)sk-[\\w-]{20}|(?<!\\w)whsec_\\w{8}"
            + "|(?<!\\w)gh[pousr]_\\w{20}|(?<!\\w)github_pat_\\w{20}|(?<!\\w)glpat-[\\w-]{16}"
            + "|(?<!\\w)xox[abeoprs]-[\\w-]{8}|(?<!\\w)A(?:KIA|SIA)[0-9A-Z]{16}|(?<!\\w)AIza[\\w-]{20}"
            + "|(?<!\\w)[Bb]earer [\\w.~+/=-]{8}|-----BEGIN [A-Z ]{0,30}PRIVATE KEY");

    private ValueDetector() {}

    static boolean isSensitive(String value) {
        String text = plain(value);
        int digits = 0;
        int colons = 0;
        int hyphens = 0;
        int dots = 0;
        boolean at = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            digits += c >= '0' && c <= '9' ? 1 : 0;
            colons += c == ':' ? 1 : 0;
            hyphens += c == '-' ? 1 : 0;
            dots += c == '.' ? 1 : 0;
            at |= c == '@';
        }
        return (at && EMAIL.matcher(text).find())
                || (digits >= DIGITS_MIN && isNumber(text))
                || (digits >= 4 && dots >= 3 && IP4.matcher(text).find())
                || (colons >= 2 && IP6.matcher(text).find())
                || ((colons >= 5 || hyphens >= 5) && MAC.matcher(text).find())
                || (text.length() >= SECRET_LENGTH_MIN && SECRET.matcher(text).find());
    }

    private static boolean isNumber(String text) {
        return CardNumbers.within(text)
                || SOCIAL_SECURITY.matcher(text).find()
                || PHONE.matcher(text).find();
    }

    /** Full-width and other look-alike forms brought to plain ones, and the one percent-encoding that hides an address undone. */
    private static String plain(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return Normalizer.normalize(value, Normalizer.Form.NFKC).replace("%40", "@");
            }
        }
        return value.indexOf('%') < 0 ? value : value.replace("%40", "@");
    }
}
