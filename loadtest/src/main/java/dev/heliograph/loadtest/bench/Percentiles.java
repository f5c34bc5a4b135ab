package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads HdrHistogram's percentile distributions: lines of value, percentile, count and the inverse of what is above. */
final class Percentiles {
    private Percentiles() {}

    /** Pairs of percentile (0 to 100) and value. */
    static ArrayNode read(Path hgrm) throws IOException {
        ArrayNode pairs = new ObjectMapper().createArrayNode();
        for (String line : Files.readAllLines(hgrm)) {
            String[] columns = line.trim().split(" +", -1);
            if (columns.length >= 3 && Character.isDigit(columns[0].charAt(0))) {
                pairs.addArray().add(100 * Double.parseDouble(columns[1])).add(Double.parseDouble(columns[0]));
            }
        }
        return pairs;
    }
}
