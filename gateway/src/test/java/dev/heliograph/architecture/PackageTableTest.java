package dev.heliograph.architecture;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Style as a failing test: the package table of docs/ARCHITECTURE.md, its rules about Netty, and what no file may be. */
final class PackageTableTest {
    private static final String ROOT = "dev.heliograph";
    private static final Path DOC = Path.of("../docs/ARCHITECTURE.md");
    private static final List<Path> SOURCES = List.of(Path.of("src/main/java"), Path.of("../protocol/src/main/java"));
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?([a-z][\\w.]*?)\\.([A-Z]\\w*|\\*)", Pattern.MULTILINE);
    private static final Pattern ROW =
            Pattern.compile("^\\| \\d+ \\| `([\\w.]+)`(?: \\(module\\))? \\| [^|]+ \\|([^|]*)\\|$", Pattern.MULTILINE);
    private static final Pattern BAD_NAME = Pattern.compile("\\w*(Util|Utils|Helper|Manager|Impl)|Abstract\\w*");
    private static final Set<String> MAY_USE_CHANNELS = Set.of("http", "websocket", "egress", "server");
    private static final Set<String> MAY_USE_EVENT_LOOP = Set.of("broadcast", "session", "streaming");
    private static final int LINES_MAX = 600;

    @Test
    void packages_importOnlyWhatTheTableAllows() throws IOException {
        Map<String, Set<String>> table = table();
        var violations = new TreeSet<String>();
        forEachFile((file, pkg, source) -> {
            if (!table.containsKey(pkg)) {
                violations.add("package not in the table: " + pkg);
            }
            Matcher imports = IMPORT.matcher(source);
            while (imports.find()) {
                String to = relative(imports.group(1));
                if (to != null
                        && !to.equals(pkg)
                        && !table.getOrDefault(pkg, Set.of()).contains(to)) {
                    violations.add(pkg + " -> " + to + " (" + file.getFileName() + ")");
                }
            }
        });
        assertEquals(Set.of(), violations);
    }

    @Test
    void table_hasNoCycleAndNoRowWithoutAPackage() throws IOException {
        Map<String, Set<String>> table = table();
        assertEquals(List.of(), cycle(table));
        var existing = new TreeSet<String>();
        forEachFile((_, pkg, _) -> existing.add(pkg));
        assertEquals(existing, new TreeSet<>(table.keySet()));
    }

    @Test
    void nettyChannels_stayWhereSocketsAre() throws IOException {
        var violations = new TreeSet<String>();
        forEachFile((file, pkg, source) -> {
            Matcher imports = IMPORT.matcher(source);
            while (imports.find()) {
                boolean channels = imports.group(1).startsWith("io.netty.channel");
                boolean loop = imports.group(2).equals("EventLoop") && MAY_USE_EVENT_LOOP.contains(pkg);
                if (channels && !loop && !MAY_USE_CHANNELS.contains(pkg)) {
                    violations.add(pkg + " -> " + imports.group() + " (" + file.getFileName() + ")");
                }
            }
        });
        assertEquals(Set.of(), violations);
    }

    @Test
    void files_areSmallAndNamedForWhatTheyAre() throws IOException {
        var violations = new TreeSet<String>();
        forEachFile((file, _, source) -> {
            String name = file.getFileName().toString().replace(".java", "");
            if (source.lines().count() > LINES_MAX) {
                violations.add(name + " has more than " + LINES_MAX + " lines");
            }
            if (BAD_NAME.matcher(name).matches()) {
                violations.add(name + " says what it is for, not what it is");
            }
            if (source.lines().anyMatch(line -> line.startsWith("import ") && line.endsWith(".*;"))) {
                violations.add(name + " imports with a star, which the table cannot see");
            }
        });
        assertEquals(Set.of(), violations);
    }

    @Test
    void packages_areNullMarked() throws IOException {
        var unmarked = new TreeSet<String>();
        forEachFile((file, pkg, _) -> {
            Path info = file.resolveSibling("package-info.java");
            if (!Files.exists(info) || !read(info).contains("@NullMarked")) {
                unmarked.add(pkg);
            }
        });
        assertEquals(Set.of(), unmarked);
    }

    @Test
    void checker_findsACycleAndAForbiddenImport() {
        var table = Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a"));
        assertFalse(cycle(table).isEmpty());
        assertTrue(IMPORT.matcher("import dev.heliograph.session.Session;").find());
    }

    /** The table as the architecture page has it, with the modules' names written out. */
    private static Map<String, Set<String>> table() throws IOException {
        var table = new TreeMap<String, Set<String>>();
        Matcher rows = ROW.matcher(Files.readString(DOC));
        while (rows.find()) {
            for (String name : rows.group(1).split(",", -1)) {
                table.put(name.strip(), new TreeSet<>());
            }
        }
        rows.reset();
        while (rows.find()) {
            table.get(rows.group(1)).addAll(allowed(rows.group(2), table.keySet()));
        }
        assertTrue(table.size() > 15, "the table was not found in " + DOC);
        return table;
    }

    private static List<String> allowed(String cell, Set<String> known) {
        if (cell.strip().equals("all")) {
            return List.copyOf(known);
        }
        var allowed = new ArrayList<String>();
        for (String name : cell.split(",", -1)) {
            String stripped = name.strip();
            if (!stripped.isEmpty()) {
                allowed.add(known.contains("protocol." + stripped) ? "protocol." + stripped : stripped);
            }
        }
        return allowed;
    }

    private interface FileRule {
        void check(Path file, String pkg, String source);
    }

    private static void forEachFile(FileRule rule) throws IOException {
        for (Path sources : SOURCES) {
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> rule.check(file, packageOf(sources, file), read(file)));
            }
        }
    }

    private static String packageOf(Path sources, Path file) {
        Path folder = sources.relativize(file).getParent();
        String name = Stream.iterate(folder, path -> path != null, Path::getParent)
                .map(path -> path.getFileName().toString())
                .collect(joining("|"));
        var parts = new ArrayList<>(List.of(name.split("\\|", -1)));
        Collections.reverse(parts);
        String relative = relative(String.join(".", parts));
        return relative == null ? "." : relative;
    }

    private static @Nullable String relative(String pkg) {
        return pkg.startsWith(ROOT + ".") ? pkg.substring(ROOT.length() + 1) : null;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> cycle(Map<String, Set<String>> table) {
        var done = new HashSet<String>();
        for (String pkg : table.keySet()) {
            List<String> cycle = visit(pkg, table, done, new ArrayDeque<>());
            if (!cycle.isEmpty()) {
                return cycle;
            }
        }
        return List.of();
    }

    private static List<String> visit(
            String pkg, Map<String, Set<String>> table, Set<String> done, Deque<String> path) {
        if (path.contains(pkg)) {
            path.addLast(pkg);
            return List.copyOf(path);
        }
        if (done.contains(pkg)) {
            return List.of();
        }
        path.addLast(pkg);
        for (String next : table.getOrDefault(pkg, Set.of())) {
            List<String> cycle = visit(next, table, done, path);
            if (!next.equals(pkg) && !cycle.isEmpty()) {
                return cycle;
            }
        }
        path.removeLast();
        done.add(pkg);
        return List.of();
    }
}
