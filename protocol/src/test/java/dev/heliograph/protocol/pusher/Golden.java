package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Frames and bodies as Pusher's documentation, clients and servers have them, kept as files: each holds exactly the bytes of one. */
final class Golden {
    static final Path FILES = Path.of("src/test/resources/pusher");

    /** The keys of Pusher's worked examples. */
    static final AppKey KEY = new AppKey("278d425bdf160c739803", "7ad3773142a6692b25b8");

    private Golden() {}

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(FILES.resolve(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** JSON that was written with single quotes. */
    static byte[] json(String singleQuoted) {
        return utf8(singleQuoted.replace('\'', '"'));
    }

    static RawJson raw(String singleQuoted) {
        return new RawJson(json(singleQuoted));
    }
}
