package dev.heliograph.admin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.heliograph.auth.Revocation;
import dev.heliograph.auth.Revocation.Kind;
import dev.heliograph.auth.Revocation.Target;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an operator wants revoked, read from {@code {workspace, jti | session | user[, issuedBefore] | issuedBefore}}. Immutable. */
record RevocationRequest(Target target, long issuedBeforeMs) {
    private static final String WORKSPACE = "workspace";
    private static final String ISSUED_BEFORE = "issuedBefore";
    private static final Set<String> FIELDS = Set.of(WORKSPACE, "jti", "session", "user", ISSUED_BEFORE);
    /** As of the claims. */
    private static final int NAME_LENGTH_MAX = 200;
    /** In seconds the year 33658, in milliseconds 2001: who sends less means seconds. */
    private static final long MILLIS_MIN = 1_000_000_000_000L;

    private static final long CLOCKS_DIFFER_MS = 30_000;

    /** Made when the first is read. */
    private static final class Json {
        static final ObjectReader READER = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
                .build()
                .readerFor(JsonNode.class);
    }

    /** What such a request is held against. */
    record Rules(Set<String> workspaces, InstantSource clock) {
        RevocationRequest read(byte[] body) {
            JsonNode object = object(body);
            String workspace = text(object, WORKSPACE);
            if (workspace == null) {
                throw bad(WORKSPACE + " is missing: expected one of " + new TreeSet<>(workspaces));
            }
            checkWorkspace(workspace);
            long issuedBeforeMs = issuedBeforeMs(object);
            return new RevocationRequest(target(object, workspace, issuedBeforeMs), issuedBeforeMs);
        }

        void checkWorkspace(String workspace) {
            if (!workspaces.contains(workspace)) {
                throw bad(WORKSPACE + ": there is no such one; expected one of " + new TreeSet<>(workspaces));
            }
        }

        private long issuedBeforeMs(JsonNode object) {
            JsonNode value = object.get(ISSUED_BEFORE);
            if (value == null) {
                return Revocation.WHENEVER;
            }
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < MILLIS_MIN) {
                throw bad(ISSUED_BEFORE + ": expected milliseconds since 1970, of which there are 13 digits now");
            }
            long nowMs = clock.millis();
            if (value.asLong() > nowMs + CLOCKS_DIFFER_MS) {
                throw bad(ISSUED_BEFORE + ": lies in the future; expected at most now, which is " + nowMs);
            }
            if (value.asLong() < nowMs - Revocation.TOKEN_LIFE_MAX_MS) {
                throw bad(ISSUED_BEFORE + ": lies so far back that every such token has expired");
            }
            return value.asLong();
        }
    }

    private static JsonNode object(byte[] body) {
        JsonNode object;
        try {
            object = Json.READER.readValue(body);
        } catch (IOException notJson) {
            throw bad("the body is no JSON: expected an object of " + new TreeSet<>(FIELDS));
        }
        if (!object.isObject()) {
            throw bad("the body is no JSON object: expected one of " + new TreeSet<>(FIELDS));
        }
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw bad("field " + name + " is not known: expected " + new TreeSet<>(FIELDS));
            }
        }
        return object;
    }

    private static Target target(JsonNode object, String workspace, long issuedBeforeMs) {
        List<Target> named = new ArrayList<>();
        for (Kind kind : List.of(Kind.JTI, Kind.SESSION, Kind.USER)) {
            String name = text(object, kind.label());
            if (name != null) {
                named.add(new Target(workspace, kind, name));
            }
        }
        boolean timed = issuedBeforeMs != Revocation.WHENEVER;
        if (named.isEmpty() && timed) {
            return new Target(workspace, Kind.WORKSPACE, "");
        }
        if (named.size() != 1 || (timed && named.getFirst().kind() != Kind.USER)) {
            throw bad("what to revoke: expected jti, session or user, one of them;" + " with user or alone "
                    + ISSUED_BEFORE);
        }
        return named.getFirst();
    }

    private static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()
                || value.asText().isEmpty()
                || value.asText().length() > NAME_LENGTH_MAX
                || value.asText().chars().anyMatch(Character::isISOControl)) {
            throw bad(field + ": expected a string of 1 to " + NAME_LENGTH_MAX + " characters");
        }
        return value.asText();
    }

    private static OperatorRefusal bad(String message) {
        return OperatorRefusal.badRequest(message);
    }
}
