package dev.heliograph.websocket;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One extension that a client offers, with its parameters in its order and spelling (RFC 6455 section 9.1). */
record ExtensionOffer(String name, List<Parameter> parameters) {

    /** @param value unquoted; null if there is none */
    record Parameter(String name, @Nullable String value) {}

    /** All offers of a request, in the client's order; null if a field is not as the RFC has it. */
    static @Nullable List<ExtensionOffer> parse(List<String> fields) {
        var offers = new ArrayList<ExtensionOffer>();
        for (String field : fields) {
            if (!new Reader(field).readInto(offers)) {
                return null;
            }
        }
        return offers;
    }

    /** Walks one field, {@code name; parameter; parameter=value; parameter="value", name…}, once. */
    private static final class Reader {
        private static final char END = '\0';

        private final String field;
        private int at;

        Reader(String field) {
            this.field = field;
        }

        /** Empty members of the list are passed over (RFC 9110 section 5.6.1). */
        boolean readInto(List<ExtensionOffer> offers) {
            do {
                skipSpace();
                if (peek() != ',' && peek() != END && !readOffer(offers)) {
                    return false;
                }
            } while (take(','));
            return at == field.length();
        }

        private boolean readOffer(List<ExtensionOffer> offers) {
            String name = token();
            var parameters = new ArrayList<Parameter>();
            while (take(';')) {
                skipSpace();
                String parameter = token();
                String value = null;
                if (take('=')) {
                    skipSpace();
                    value = peek() == '"' ? quoted() : token();
                    if (value.isEmpty()) {
                        return false;
                    }
                }
                if (parameter.isEmpty()) {
                    return false;
                }
                parameters.add(new Parameter(parameter, value));
            }
            offers.add(new ExtensionOffer(name, parameters));
            return !name.isEmpty();
        }

        /** Empty if there is none. */
        private String token() {
            int from = at;
            while (isTokenCharacter(peek())) {
                at++;
            }
            return field.substring(from, at);
        }

        /** What is between the quotes; empty unless that is a token. */
        private String quoted() {
            var value = new StringBuilder();
            at++;
            while (peek() != '"') {
                if (peek() == '\\') {
                    at++;
                }
                if (!isTokenCharacter(peek())) {
                    return "";
                }
                value.append(field.charAt(at++));
            }
            at++;
            return value.toString();
        }

        private boolean take(char wanted) {
            skipSpace();
            if (peek() != wanted) {
                return false;
            }
            at++;
            return true;
        }

        private void skipSpace() {
            while (peek() == ' ' || peek() == '\t') {
                at++;
            }
        }

        private char peek() {
            return at < field.length() ? field.charAt(at) : END;
        }

        private static boolean isTokenCharacter(char c) {
            return (c >= '0' && c <= '9')
                    || (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c != END && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
        }
    }
}
