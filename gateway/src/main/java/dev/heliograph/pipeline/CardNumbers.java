package dev.heliograph.pipeline;

/**
 * Finds payment card numbers: 13 to 19 digits, in groups parted by single blanks or hyphens, that begin as a network's do and whose check digit is right.
 * Source: ISO/IEC 7812. Pure.
 */
final class CardNumbers {
    private static final int DIGITS_MIN = 13;
    private static final int DIGITS_MAX = 19;

    private CardNumbers() {}

    static boolean within(CharSequence text) {
        for (int at = 0; at < text.length(); at++) {
            if (isIssued(text.charAt(at)) && !isDigit(text, at - 1) && beginsAt(text, at)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the digits from here to some end of a group make a card number. */
    private static boolean beginsAt(CharSequence text, int from) {
        int evens = 0;
        int odds = 0;
        int count = 0;
        for (int at = from; at < text.length() && count < DIGITS_MAX; at++) {
            if (!isDigit(text, at)) {
                if ((text.charAt(at) != ' ' && text.charAt(at) != '-') || !isDigit(text, at + 1)) {
                    return false;
                }
                continue;
            }
            int digit = text.charAt(at) - '0';
            int doubled = digit < 5 ? 2 * digit : 2 * digit - 9;
            evens += count % 2 == 0 ? doubled : digit;
            odds += count % 2 == 0 ? digit : doubled;
            count++;
            int sum = count % 2 == 0 ? evens : odds;
            if (count >= DIGITS_MIN && !isDigit(text, at + 1) && sum % 10 == 0) {
                return true;
            }
        }
        return false;
    }

    /** American Express, Visa, Mastercard, Discover, UnionPay and Mastercard's second range; times in milliseconds begin with 1. */
    private static boolean isIssued(char first) {
        return first >= '2' && first <= '6';
    }

    private static boolean isDigit(CharSequence text, int at) {
        return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }
}
