package dev.heliograph.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the small files that settings name, and says in words why one cannot be read. */
final class TextFile {
    private static final long BYTES_MAX = 64 << 10;

    private TextFile() {}

    /** Completes the sentence "the file …". */
    static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        private final String problem;

        private final boolean isMissing;

        Unreadable(Path file, String problem) {
            this(file, problem, false);
        }

        private Unreadable(Path file, String problem, boolean isMissing) {
            super("the file " + file + " " + problem);
            this.problem = problem;
            this.isMissing = isMissing;
        }

        boolean isMissing() {
            return isMissing;
        }

        String problem() {
            return problem;
        }
    }

    static String read(Path file) throws Unreadable {
        return read(file, BYTES_MAX);
    }

    static String read(Path file, long bytesMax) throws Unreadable {
        try {
            if (Files.size(file) <= bytesMax) {
                return Files.readString(file);
            }
            throw new Unreadable(file, "is larger than " + (bytesMax >> 10) + " KiB");
        } catch (NoSuchFileException missing) {
            throw new Unreadable(file, "does not exist", true);
        } catch (AccessDeniedException denied) {
            throw new Unreadable(file, "may not be read by this user");
        } catch (CharacterCodingException binary) {
            throw new Unreadable(file, "is not UTF-8 text");
        } catch (Unreadable known) {
            throw known;
        } catch (IOException broken) {
            throw new Unreadable(file, "cannot be read");
        }
    }
}
