package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.dummy;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One run of a simulation: its target and load, what its subscribers found, and the report at its end. Any thread. */
final class LoadRun {
    private static final int FAULTS_SHOWN = 10;

    private final String name;
    private final String mark;
    private final Instant startedAt = Instant.now();
    private final Target target;
    private final Dialect dialect;
    private final Load load;
    private final Phases phases;
    private final Path folder;
    private final AtomicInteger joined = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong missing = new AtomicLong();
    private final AtomicLong repeated = new AtomicLong();
    private final AtomicLong misplaced = new AtomicLong();
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());

    /** @param name of the report's files: lower-case letters and dashes */
    LoadRun(String name, Knobs knobs, Load load, Phases phases) {
        this.name = name;
        this.mark = Stamp.run(name, startedAt.toEpochMilli());
        this.load = load;
        this.phases = phases;
        this.folder = Path.of(knobs.text("HELIOGRAPH_LOAD_OUT", System.getProperty("load.out", "target/loadtest")));
        this.target = Target.from(knobs.environment());
        this.dialect = Dialect.from(knobs, target);
    }

    Target target() {
        return target;
    }

    Dialect dialect() {
        return dialect;
    }

    Load load() {
        return load;
    }

    Phases phases() {
        return phases;
    }

    /** What tells this run's publications from all others. */
    String mark() {
        return mark;
    }

    HttpProtocolBuilder protocol() {
        int unread = Math.min(load.events(), 100 * load.rate());
        return http.baseUrl(target.url().toString())
                .wsBaseUrl(target.ws().resolve("/").toString().replaceFirst("/$", ""))
                .wsUnmatchedInboundMessageBufferSize(unread);
    }

    void onJoined() {
        joined.incrementAndGet();
    }

    boolean allJoined() {
        return joined.get() >= load.users();
    }

    /** Closes a subscriber's ledger; true if nothing is wrong with it. */
    boolean settle(Ledger ledger) {
        int last = load.events() - 1;
        received.addAndGet(ledger.received());
        missing.addAndGet(ledger.missing(last));
        repeated.addAndGet(ledger.repeated());
        misplaced.addAndGet(ledger.misplaced());
        return settle(ledger.verdict(last));
    }

    /** Closes a resident's roster; true if nothing is wrong with it. */
    boolean settle(Roster roster) {
        received.addAndGet(roster.visitorsSeen());
        missing.addAndGet((long) load.events() - roster.visitorsSeen());
        repeated.addAndGet(roster.repeated());
        return settle(roster.verdict());
    }

    private boolean settle(String verdict) {
        settled.incrementAndGet();
        if (!verdict.isEmpty()) {
            blame(verdict);
        }
        return verdict.isEmpty();
    }

    private void blame(String what) {
        if (faults.size() < FAULTS_SHOWN) {
            faults.add(what);
        }
    }

    /** One more user, to run when all others are done: a request in Gatling's report for each level, failed if it does not hold. */
    PopulationBuilder verdict(ServiceLevel... levels) {
        ChainBuilder chain = exec(dummy("every subscriber got to the end", 0).withSuccess(session -> gotToTheEnd()));
        for (ServiceLevel level : levels) {
            chain = chain.exec(dummy(level.name(), 0).withSuccess(session -> holds(level)));
        }
        return scenario("verdict").exec(chain).injectOpen(atOnceUsers(1));
    }

    boolean allSettled() {
        return settled.get() >= load.users();
    }

    private boolean gotToTheEnd() {
        boolean all = allSettled();
        if (!all) {
            blame(settled + " of " + load.users() + " subscribers got to the end");
        }
        return all;
    }

    private boolean holds(ServiceLevel level) {
        double figure = level.figure().getAsDouble();
        boolean holds = figure <= level.most();
        if (!holds) {
            blame("%s: %.2f, at most %.2f".formatted(level.name(), figure, level.most()));
        }
        return holds;
    }

    /** The bound of the load on a phase. */
    ServiceLevel p99(String phase) {
        return new ServiceLevel("p99 of " + phase + " in ms", () -> phases.p99Ms(phase), load.p99Ms());
    }

    /** Stops a gateway of our own, writes the report and prints it. */
    void end(Map<String, Object> moreSettings) {
        target.release();
        Map<String, Object> settings = load.settings();
        settings.putAll(moreSettings);
        settings.put("url", target.url().toString());
        settings.put("protocol", dialect.name());
        var report =
                new Report(name, startedAt.toString(), settings, counts(), phases.histograms(), List.copyOf(faults));
        try {
            report.write(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the report cannot be written to " + folder, e);
        }
        System.out.print(report.text());
    }

    private Map<String, Long> counts() {
        var counts = new LinkedHashMap<String, Long>();
        counts.put("joined", (long) joined.get());
        counts.put("settled", (long) settled.get());
        counts.put("delivered", received.get());
        counts.put("missing", missing.get());
        counts.put("repeated", repeated.get());
        counts.put("misplaced", misplaced.get());
        return counts;
    }
}
