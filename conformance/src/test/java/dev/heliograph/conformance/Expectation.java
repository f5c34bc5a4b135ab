package dev.heliograph.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a case must end for the gateway, exactly one Close frame included. Stricter than Autobahn, which also accepts a Close without a code, or with 1000
 * instead of the client's own.
 *
 * @param behavior Autobahn's verdict on the messages
 * @param behaviorClose Autobahn's verdict on the end
 * @param closeCode the gateway's; null is a Close without a code
 * @param echoes whether the case may get any message back
 * @param why the reason for an end that is not Autobahn's OK
 */
record Expectation(
        String behavior, String behaviorClose, @Nullable Integer closeCode, boolean echoes, String why) {
    private static final String OK = "OK";
    private static final String FAILED = "FAILED";
    private static final String INFORMATIONAL = "INFORMATIONAL";

    /** Categories in which messages come back as they were sent, compressed. */
    private static final Set<String> COMPRESSED = Set.of("12", "13");

    private static final Map<String, Expectation> DELIBERATE = deliberate();

    /** Every case that does not end as Autobahn expects it of an echo server. */
    private static Map<String, Expectation> deliberate() {
        var binary = new Expectation(FAILED, FAILED, 1003, false, "the gateway refuses binary messages");
        var table = new HashMap<String, Expectation>();
        range(table, "1.2.", 8, binary);
        range(table, "9.2.", 6, binary);
        range(table, "9.4.", 9, binary);
        range(table, "9.6.", 6, binary);
        range(table, "9.8.", 6, binary);
        table.put("7.1.6", new Expectation(INFORMATIONAL, INFORMATIONAL, 1009, false, "256 KiB is over the limit"));
        table.put("7.3.1", new Expectation(OK, OK, null, false, "a Close without a code is answered by one without"));
        var declined = new Expectation(
                "UNIMPLEMENTED",
                OK,
                1000,
                false,
                "a server's window of less than 32 KiB, which the JDK cannot have, is declined");
        range(table, "13.3.", 18, declined);
        range(table, "13.5.", 18, declined);
        range(table, "7.13.", 2, new Expectation(INFORMATIONAL, INFORMATIONAL, 1002, false, "there is no such code"));
        return Map.copyOf(table);
    }

    private static void range(Map<String, Expectation> table, String group, int cases, Expectation expectation) {
        for (int i = 1; i <= cases; i++) {
            table.put(group + i, expectation);
        }
    }

    /** Where a case accepts several codes, the last is its own: the one that its Close carried, or that its fault deserves. */
    static Expectation of(CaseReport report) {
        Expectation deliberate = DELIBERATE.get(report.id());
        return deliberate != null
                ? deliberate
                : new Expectation(OK, OK, report.closeCodesExpected().getLast(), true, "");
    }

    /** What is wrong with how the case ended, all of it; empty if nothing is. */
    List<String> faults(CaseReport report) {
        var faults = new ArrayList<String>();
        compare(faults, "behavior", behavior, report.behavior());
        compare(faults, "behaviorClose", behaviorClose, report.behaviorClose());
        compare(faults, "close code", closeCode, report.closeCode());
        compare(faults, "Close frames", 1, report.closeFrames());
        if (!echoes) {
            compare(faults, "messages echoed", 0, report.dataFrames());
        } else if (COMPRESSED.contains(report.category()) && !isCompressed(report)) {
            faults.add("messages of " + report.ratio() + " of their size, expected compressed ones");
        }
        return faults;
    }

    /** Those of 16 bytes are too short for it. */
    private static boolean isCompressed(CaseReport report) {
        return report.id().endsWith(".1") || (report.ratio() != null && report.ratio() < 0.9);
    }

    private void compare(List<String> faults, String what, @Nullable Object expected, @Nullable Object actual) {
        if (!Objects.equals(expected, actual)) {
            faults.add(what + " " + actual + ", expected " + expected + (why.isEmpty() ? "" : " (" + why + ")"));
        }
    }
}
