package dev.heliograph.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.util.function.DoubleSupplier;

/** What Prometheus reads: the catalogue's counters, levels and histograms, and the JVM's memory, collections, threads and processor. Any thread. */
public final class Exposition implements AutoCloseable {
    /** Of {@link #text}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    public Exposition() {
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    /** Where {@link Metrics} registers. */
    public MeterRegistry registry() {
        return registry;
    }

    /**
     * Reads {@code now} at every scrape, which must be quick.
     *
     * @param labels names and values in turn; the same names wherever that level is watched
     */
    public void watch(Level level, DoubleSupplier now, String... labels) {
        Gauge.builder("heliograph." + level.meter(), now::getAsDouble)
                .description(level.help())
                .tags(labels)
                .strongReference(true)
                .register(registry);
    }

    /** Asks it at every scrape. */
    void collect(MultiCollector collector) {
        registry.getPrometheusRegistry().register(collector);
    }

    /** All of it now, in the text format. */
    public String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
