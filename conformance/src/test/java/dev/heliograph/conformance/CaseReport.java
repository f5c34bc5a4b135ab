package dev.heliograph.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one case ended, as the fuzzing client saw it.
 *
 * @param behavior the client's verdict on what it received
 * @param behaviorClose its verdict on how the connection ended
 * @param closeCode of the gateway's Close; null if that had no payload, or none came
 * @param closeCodesExpected any of which the case accepts
 * @param closeFrames how many the gateway sent
 * @param dataFrames how many text, binary and continuation frames it sent
 * @param ratio bytes of the payloads it sent to bytes of the texts in them; null if the case does not count them
 */
record CaseReport(
        String id,
        String behavior,
        String behaviorClose,
        @Nullable Integer closeCode,
        List<Integer> closeCodesExpected,
        int closeFrames,
        int dataFrames,
        @Nullable Double ratio) {

    static final Comparator<CaseReport> BY_ID = (a, b) -> Arrays.compare(a.numbers(), b.numbers());

    static CaseReport read(JsonNode report) {
        var codes = new ArrayList<Integer>();
        report.at("/expectedClose/closeCode").forEach(code -> codes.add(code.intValue()));
        JsonNode code = report.required("remoteCloseCode");
        JsonNode ratio = report.at("/trafficStats/incomingCompressionRatio");
        JsonNode frames = report.required("rxFrameStats");
        return new CaseReport(
                report.required("id").textValue(),
                report.required("behavior").textValue(),
                report.required("behaviorClose").textValue(),
                code.isNull() ? null : code.intValue(),
                codes,
                frames.path("8").intValue(),
                frames.path("0").intValue()
                        + frames.path("1").intValue()
                        + frames.path("2").intValue(),
                ratio.isNumber() ? ratio.doubleValue() : null);
    }

    String category() {
        return id.substring(0, id.indexOf('.'));
    }

    private int[] numbers() {
        return Arrays.stream(id.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
    }
}
