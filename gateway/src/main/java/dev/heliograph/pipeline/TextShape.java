package dev.heliograph.pipeline;

/**
 * What one look at each character of a text tells about what could be in it, so that the exact and dearer patterns are tried only where they can match.
 * Digits in groups parted by single separators are one run: {@code 555-123-4567} is a run of three groups.
 */
final class TextShape {
    private static final int LINKED_GAP_MAX = 2;
    private static final int MAC_PAIRS = 6;
    private static final int CARD_DIGITS_MIN = 13;
    private static final int NATIONAL_DIGITS_MIN = 7;

    private boolean at;
    private boolean plus;
    private int colons;
    private int longestRun;
    private int longestZeroRun;
    private boolean grouped;
    private int dottedGroups;
    private int mostDottedGroups;
    private int pairs;
    private int mostPairs;

    private int runDigits;
    private int groupDigits;
    private int hexDigits;
    private int gap;
    private boolean zeroRun;
    private int lastGroups;

    private TextShape() {}

    static TextShape of(String text) {
        var shape = new TextShape();
        for (int i = 0; i < text.length(); i++) {
            shape.take(text.charAt(i));
        }
        shape.take('\0');
        return shape;
    }

    private void take(char c) {
        if (c >= '0' && c <= '9') {
            digit(c);
            hexDigits++;
            return;
        }
        endGroup(c);
        endPair(c);
        switch (c) {
            case '@' -> at = true;
            case '+' -> plus = true;
            case ':' -> colons++;
            default -> {}
        }
    }

    private void digit(char c) {
        if (runDigits == 0) {
            zeroRun = c == '0';
        }
        runDigits++;
        groupDigits++;
        gap = 0;
    }

    private void endGroup(char c) {
        boolean separator = c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
        if (groupDigits > 0) {
            lastGroups = lastGroups << 4 | Math.min(groupDigits, 15);
            grouped |= (lastGroups & 0xfff) == 0x334 || (lastGroups & 0xfff) == 0x324;
            dottedGroups++;
            mostDottedGroups = Math.max(mostDottedGroups, dottedGroups);
            longestRun = Math.max(longestRun, runDigits);
            longestZeroRun = zeroRun ? Math.max(longestZeroRun, runDigits) : longestZeroRun;
            groupDigits = 0;
        }
        if (c != '.') {
            dottedGroups = 0;
        }
        gap++;
        if (!separator || gap > LINKED_GAP_MAX) {
            runDigits = 0;
            lastGroups = 0;
        }
    }

    private void endPair(char c) {
        if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            hexDigits++;
            return;
        }
        pairs = hexDigits == 2 ? pairs + 1 : 0;
        mostPairs = Math.max(mostPairs, pairs);
        if (c != ':' && c != '-') {
            pairs = 0;
        }
        hexDigits = 0;
    }

    boolean mayHoldEmail() {
        return at;
    }

    boolean mayHoldCard() {
        return longestRun >= CARD_DIGITS_MIN;
    }

    /** Also a social security number. */
    boolean mayHoldPhone() {
        return grouped || longestZeroRun >= NATIONAL_DIGITS_MIN || (plus && longestRun >= NATIONAL_DIGITS_MIN);
    }

    boolean mayHoldIp4() {
        return mostDottedGroups >= 4;
    }

    boolean mayHoldIp6() {
        return colons >= 2;
    }

    boolean mayHoldMac() {
        return mostPairs >= MAC_PAIRS;
    }
}
