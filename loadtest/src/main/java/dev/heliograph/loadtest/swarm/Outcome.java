package dev.heliograph.loadtest.swarm;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run found, or the part of it that one process holds.
 *
 * @param counts what was counted; those of several parts add up, but for {@code published}, which is the same in all
 * @param scoreboard how long deliveries took
 * @param faults what is wrong, in words
 */
record Outcome(Map<String, Long> counts, Scoreboard scoreboard, List<String> faults) {
    static final String PUBLISHED = "published";

    /** One outcome of all parts; the first's scoreboard takes up the others'. */
    static Outcome merge(List<Outcome> parts) {
        var counts = new LinkedHashMap<String, Long>();
        var faults = new ArrayList<String>();
        Scoreboard all = parts.getFirst().scoreboard;
        for (Outcome part : parts) {
            part.counts.forEach(
                    (name, count) -> counts.merge(name, count, name.equals(PUBLISHED) ? Math::max : Long::sum));
            faults.addAll(part.faults);
            if (part.scoreboard != all) {
                all.add(part.scoreboard);
            }
        }
        return new Outcome(counts, all, faults);
    }

    void write(Path file) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(counts.size());
            for (Map.Entry<String, Long> count : counts.entrySet()) {
                out.writeUTF(count.getKey());
                out.writeLong(count.getValue());
            }
            out.writeInt(faults.size());
            for (String fault : faults) {
                out.writeUTF(fault);
            }
            scoreboard.write(out);
        }
    }

    static Outcome read(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            var counts = new LinkedHashMap<String, Long>();
            for (int left = in.readInt(); left > 0; left--) {
                counts.put(in.readUTF(), in.readLong());
            }
            var faults = new ArrayList<String>();
            for (int left = in.readInt(); left > 0; left--) {
                faults.add(in.readUTF());
            }
            return new Outcome(counts, Scoreboard.read(in), faults);
        }
    }
}
