package dev.heliograph.pipeline;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Tells by its form whether a text holds something personal or secret: an e-mail address, payment card, phone or social security number, an IP or MAC
 * address, a token or key. Every pattern begins where its first character cannot continue a longer run, and never gives characters back, so that the
 * time is linear in the text. Pure.
 */
final class ValueDetector {
    static final Pattern EMAIL =
            Pattern.compile("(?<![\\p{L}\\p{N}._%+-])[\\p{L}\\p{N}._%+-]++@[\\p{L}\\p{N}-]++(?:\\.[\\p{L}\\p{N}-]++)+");

    /** International; North American in its three groups; national with a leading zero. */
    static final Pattern PHONE = Pattern.compile("(?<![\\w+])\\+\\d(?:[ ().-]{0,2}\\d){7,14}(?!\\d)"
            + "|(?<![\\w.-])(?:1[ .-])?\\(?[2-9]\\d{2}\\)?[ .-]{1,2}\\d{3}[ .-]\\d{4}(?![\\w-])"
            + "|(?<![\\w.-])\\(?0\\d{1,4}\\)?[ ./-]\\d(?:[ .-]?\\d){5,9}(?![\\w-])");

    static final Pattern SOCIAL_SECURITY =
            Pattern.compile("(?<![\\w-])(?!000|666|9\\d\\d)\\d{3}[- ](?!00)\\d{2}[- ](?!0000)\\d{4}(?![\\w-])");

    static final Pattern IP4 = Pattern.compile(
            "(?<![\\w.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}" + "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?!\\w|\\.\\d)");

    static final Pattern IP6 = Pattern.compile("(?<![\\w:])(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
            + "|(?=[0-9a-fA-F:]{4,39}(?![\\w:]))(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::"
            + "(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?)(?![\\w:])");

    static final Pattern MAC = Pattern.compile("(?<![\\w:-])(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![\\w:-])"
            + "|(?<![\\w:-])(?:[0-9a-fA-F]{2}-){5}[0-9a-fA-F]{2}(?![\\w:-])");

    private static final int SECRET_LENGTH_MIN = 16;

    static final Pattern SECRET = Pattern.compile("(?<![\\w-])eyJ[\\w-]{5,}+\\.[\\w-]{5,}+"
            + "|(?<!\\w)[srp]k_(?:live|test)_\\w{8}|(?<!\\w)sk-[\\w-]{20}|(?<!\\w)whsec_\\w{8}"
            + "|(?<!\\w)gh[pousr]_\\w{20}|(?<!\\w)github_pat_\\w{20}|(?<!\\w)glpat-[\\w-]{16}"
            + "|(?<!\\w)xox[abeoprs]-[\\w-]{8}|(?<!\\w)A(?:KIA|SIA)[0-9A-Z]{16}|(?<!\\w)AIza[\\w-]{20}"
            + "|(?<!\\w)[Bb]earer [\\w.~+/=-]{8}|-----BEGIN [A-Z ]{0,30}PRIVATE KEY");

    /** One of these stands in whatever {@link #SECRET} matches. */
    private static final List<String> SECRET_MARKS = List.of(
            "eyJ",
            "k_live_",
            "k_test_",
            "sk-",
            "whsec_",
            "gh",
            "github_pat_",
            "glpat-",
            "xox",
            "AKIA",
            "ASIA",
            "AIza",
            "earer ",
            "-----BEGIN ");

    /** The marks by their first character: one look at each character of a text finds where one can begin. */
    private static final String[][] MARKS_BY_FIRST = byFirst(SECRET_MARKS);

    private ValueDetector() {}

    private static String[][] byFirst(List<String> marks) {
        var found = new String[0x80][];
        Arrays.setAll(
                found, c -> marks.stream().filter(mark -> mark.charAt(0) == c).toArray(String[]::new));
        return found;
    }

    static boolean isSensitive(String value) {
        String text = plain(value);
        TextShape shape = TextShape.of(text);
        return (shape.mayHoldEmail() && EMAIL.matcher(text).find())
                || (shape.mayHoldCard() && CardNumbers.within(text))
                || (shape.mayHoldPhone() && isNumber(text))
                || (shape.mayHoldIp4() && IP4.matcher(text).find())
                || (shape.mayHoldIp6() && IP6.matcher(text).find())
                || (shape.mayHoldMac() && MAC.matcher(text).find())
                || (text.length() >= SECRET_LENGTH_MIN && isSecret(text));
    }

    private static boolean isSecret(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < MARKS_BY_FIRST.length && startsWithOneOf(MARKS_BY_FIRST[c], text, i)) {
                return SECRET.matcher(text).find();
            }
        }
        return false;
    }

    private static boolean startsWithOneOf(String[] marks, String text, int at) {
        for (String mark : marks) {
            if (text.startsWith(mark, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNumber(String text) {
        return SOCIAL_SECURITY.matcher(text).find() || PHONE.matcher(text).find();
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
