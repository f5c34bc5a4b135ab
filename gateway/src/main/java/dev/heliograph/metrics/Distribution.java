package dev.heliograph.metrics;

/** Every histogram, with the sentence that explains it; each event loop has its own, labelled with the loop's number. */
public enum Distribution {
    DELIVERY_LATENCY(
            "delivery.latency.seconds",
            "How long publications take to the subscribers of one event loop, by stage: sequenced, from a producer's request, read in"
                    + " full, to a place in the channel's order; handed_over, to the loop's pass that takes it up; written, to the end of that"
                    + " pass, which writes it to the last subscriber; total, all three.",
            Ladder.SECONDS),
    LOOP_LAG("loop.lag.seconds", "How late an event loop runs a task that is due.", Ladder.SECONDS),
    PASS_PUBLICATIONS(
            "pass.publications", "Publications that one pass of an event loop delivers.", Ladder.PUBLICATIONS),
    PASS_DELIVERIES(
            "pass.deliveries", "Publications handed to subscribers in one pass of an event loop.", Ladder.DELIVERIES),
    SEND_BYTES("send.bytes", "Bytes that a connection's kernel took in one send.", Ladder.BYTES);

    private final String meter;
    private final String help;
    private final Ladder ladder;

    Distribution(String meter, String help, Ladder ladder) {
        this.meter = meter;
        this.help = help;
        this.ladder = ladder;
    }

    /** The name in Prometheus is {@code heliograph_} and this with underscores. */
    public String meter() {
        return meter;
    }

    public String help() {
        return help;
    }

    Ladder ladder() {
        return ladder;
    }
}
