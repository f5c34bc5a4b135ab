package dev.heliograph.admin;

import static java.util.stream.Collectors.joining;

import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.metrics.LoopMeters;
import dev.heliograph.metrics.LoopMeters.Window;
import dev.heliograph.metrics.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The latencies of one stage as a file that HdrHistogram's plotter reads, in microseconds: {@code ?stage=total&loop=all&window=start}, which is also what is
 * answered without parameters. Any thread.
 */
final class LatencyFile {
    static final String PATH = "/metrics/latency.hgrm";

    private static final String STAGE = "stage";
    private static final String LOOP = "loop";
    private static final String WINDOW = "window";
    private static final String ALL = "all";
    private static final Set<String> PARAMETERS = Set.of(STAGE, LOOP, WINDOW);
    private static final int LOOP_DIGITS_MAX = 3;
    private static final int STEPS_PER_HALVING = 5;
    private static final double NANOS_PER_MICRO = 1e3;

    private final LoopMeters meters;
    private final StateWriter json = new StateWriter();

    LatencyFile(LoopMeters meters) {
        this.meters = meters;
    }

    Response answer(Request request) {
        try {
            checkNames(request.query());
            Stage stage = oneOf(Stage.values(), request, STAGE, Stage.TOTAL);
            Window window = oneOf(Window.values(), request, WINDOW, Window.START);
            int loop = loop(request.parameter(LOOP));
            Histogram latency = loop < 0 ? meters.latency(stage, window) : meters.latency(loop, stage, window);
            return file(latency, stage, loop < 0 ? ALL : Integer.toString(loop));
        } catch (BadParameter bad) {
            return Response.json(400, json.json(Map.of("code", "bad_request", "message", bad.complaint)));
        }
    }

    private static void checkNames(Map<String, List<String>> query) throws BadParameter {
        for (Map.Entry<String, List<String>> parameter : query.entrySet()) {
            if (!PARAMETERS.contains(parameter.getKey())) {
                throw new BadParameter("parameter " + parameter.getKey() + ": not known; expected "
                        + String.join(", ", new TreeSet<>(PARAMETERS)));
            }
            if (parameter.getValue().size() > 1) {
                throw new BadParameter("parameter " + parameter.getKey() + ": given more than once");
            }
        }
    }

    private static <E extends Enum<E>> E oneOf(E[] values, Request request, String name, E otherwise)
            throws BadParameter {
        String given = request.parameter(name);
        if (given == null) {
            return otherwise;
        }
        for (E value : values) {
            if (word(value).equals(given)) {
                return value;
            }
        }
        String expected = Arrays.stream(values).map(LatencyFile::word).collect(joining(", "));
        throw new BadParameter("parameter " + name + ": " + given + " is none of " + expected);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Negative: all. */
    private int loop(@Nullable String given) throws BadParameter {
        if (given == null || given.equals(ALL)) {
            return -1;
        }
        boolean digits = given.length() <= LOOP_DIGITS_MAX && given.matches("[0-9]+");
        if (!digits || Integer.parseInt(given) >= meters.size()) {
            throw new BadParameter(
                    "parameter loop: " + given + " is not " + ALL + " or a number from 0 to " + (meters.size() - 1));
        }
        return Integer.parseInt(given);
    }

    private static Response file(Histogram latency, Stage stage, String loop) {
        var bytes = new ByteArrayOutputStream();
        try (var text = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            latency.outputPercentileDistribution(text, STEPS_PER_HALVING, NANOS_PER_MICRO);
        }
        return new Response(
                200,
                Map.of(
                        "Content-Type", "text/plain; charset=utf-8",
                        "Content-Disposition",
                                "attachment; filename=\"latency-" + stage.label() + "-" + loop + ".hgrm\"",
                        "Cache-Control", "no-store"),
                bytes.toByteArray());
    }

    /** What was asked for is not there to be had. */
    private static final class BadParameter extends Exception {
        private static final long serialVersionUID = 1;
        final String complaint;

        BadParameter(String complaint) {
            super(complaint);
            this.complaint = complaint;
        }
    }
}
