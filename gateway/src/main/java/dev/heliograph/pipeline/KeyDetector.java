package dev.heliograph.pipeline;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells by its name whether a value is likely personal or secret. Names are compared as words, so that {@code emailAddress}, {@code EMAIL_ADDRESS} and
 * {@code e-mail address} are one. The lists are Segment's own default matchers (Privacy Portal) and what credentials are usually called. Pure.
 */
final class KeyDetector {
    /** Sensitive if they are the whole name: alone they mean a person's, within a longer name most often something else's. */
    private static final Set<String> NAMES = Set.of(
            "name",
            "firstname",
            "lastname",
            "middlename",
            "fullname",
            "givenname",
            "familyname",
            "surname",
            "maidenname",
            "username",
            "nickname",
            "displayname",
            "city",
            "zip",
            "lat",
            "lng",
            "latitude",
            "longitude",
            "ip",
            "mac",
            "serial",
            "license",
            "licence",
            "identification",
            "certificate",
            "photo",
            "avatar",
            "visa",
            "race",
            "condition",
            "procedure",
            "pan",
            "userid",
            "anonymousid",
            "distinctid");

    /** Sensitive wherever they are a word of the name. */
    private static final Set<String> WORDS = Set.of(
            "ssn",
            "phone",
            "mobile",
            "telephone",
            "tel",
            "fax",
            "dob",
            "birthday",
            "birthdate",
            "birth",
            "gender",
            "sex",
            "sexual",
            "ethnicity",
            "religion",
            "salary",
            "citizenship",
            "veteran",
            "disability",
            "medication",
            "allergy",
            "diagnosis",
            "address",
            "addresses",
            "street",
            "zipcode",
            "postcode",
            "postal",
            "passport",
            "iban",
            "bic",
            "cvv",
            "cvc",
            "password",
            "passwd",
            "pwd",
            "passphrase",
            "secret",
            "authorization",
            "cookie",
            "jwt",
            "bearer",
            "credential");

    /** Sensitive wherever they stand once the words are joined, because their own parts are often written apart. */
    private static final List<String> PARTS = List.of(
            "email",
            "password",
            "creditcard",
            "cardnumber",
            "socialsecurity",
            "phonenumber",
            "dateofbirth",
            "ipaddress",
            "macaddress",
            "firstname",
            "lastname",
            "fullname",
            "apikey",
            "privatekey",
            "accesskey",
            "secretkey",
            "accesstoken",
            "refreshtoken",
            "sessiontoken",
            "idtoken",
            "driverslicen");

    private KeyDetector() {}

    static boolean isSensitive(String key) {
        List<String> words = words(isAscii(key) ? key : Normalizer.normalize(key, Normalizer.Form.NFKC));
        String joined = String.join("", words);
        if (NAMES.contains(joined)) {
            return true;
        }
        for (String word : words) {
            if (WORDS.contains(word) || (word.endsWith("s") && WORDS.contains(word.substring(0, word.length() - 1)))) {
                return true;
            }
        }
        for (String part : PARTS) {
            if (joined.contains(part)) {
                return true;
            }
        }
        return joined.endsWith("token") || joined.endsWith("tokens"); // not token_count
    }

    private static boolean isAscii(String key) {
        return key.chars().allMatch(c -> c < 0x80);
    }

    /** Splits at everything that is no letter and where a lower-case letter meets an upper-case one; digits only separate. */
    private static List<String> words(String key) {
        var words = new ArrayList<String>();
        int from = 0;
        for (int i = 0; i <= key.length(); i++) {
            boolean end = i == key.length() || !Character.isLetter(key.charAt(i));
            if (end || startsWord(key, i)) {
                if (i > from) {
                    words.add(key.substring(from, i).toLowerCase(Locale.ROOT));
                }
                from = end ? i + 1 : i;
            }
        }
        return words;
    }

    /** {@code userIp} and {@code IPAddress} begin a word at the second capital that a small letter precedes or follows. */
    private static boolean startsWord(String key, int at) {
        if (at == 0 || !Character.isUpperCase(key.charAt(at))) {
            return false;
        }
        boolean afterSmall = Character.isLowerCase(key.charAt(at - 1));
        boolean beforeSmall = at + 1 < key.length() && Character.isLowerCase(key.charAt(at + 1));
        return afterSmall || (beforeSmall && Character.isUpperCase(key.charAt(at - 1)));
    }
}
