package dev.heliograph.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.IntFunction;

/** A token for each member, every one of another user. Immutable. */
record MemberTokens(IntFunction<String> tokens) {
    private static final String FILE = "HELIOGRAPH_TOKENS";

    /** From a file with a token on each line; those of a gateway of our own are signed here. */
    static MemberTokens from(Knobs knobs, Target target, int members) {
        Path home = target.home();
        if (home != null) {
            byte[] secret = readLines(home.resolve("token-secret")).getFirst().getBytes(StandardCharsets.UTF_8);
            return new MemberTokens(member -> withUser(target.token(), "member-" + member, secret));
        }
        String file = knobs.text(FILE, "");
        if (file.isEmpty()) {
            throw new IllegalArgumentException(
                    FILE
                            + " is missing: a file with a token on each line, each of another user, is needed beside HELIOGRAPH_URL");
        }
        List<String> lines = readLines(Path.of(file));
        if (lines.size() < members) {
            throw new IllegalArgumentException(FILE + "=" + file + " has " + lines.size() + " tokens: expected "
                    + members + ", one for each resident and visitor");
        }
        return new MemberTokens(lines::get);
    }

    String of(int member) {
        return tokens.apply(member);
    }

    private static List<String> readLines(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** The same token (HS256) for another user. */
    private static String withUser(String token, String user, byte[] secret) {
        String[] parts = token.split("\\.", -1);
        var claims =
                (ObjectNode) Json.read(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
        claims.put("sub", user).put("jti", user);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String signed = parts[0] + "." + base64.encodeToString(claims.toString().getBytes(StandardCharsets.UTF_8));
        return signed + "." + base64.encodeToString(Signatures.hmacSha256(secret, signed));
    }
}
