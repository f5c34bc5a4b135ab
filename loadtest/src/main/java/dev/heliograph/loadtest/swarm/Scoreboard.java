package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.EventReader;
import dev.heliograph.loadtest.Report;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * How long publications took: to each subscriber, to the first and to the last, from the time each was due. Those of the
 * warm-up are counted, not timed. Confined to one thread at a time.
 */
final class Scoreboard {
    private final Histogram deliveries;
    /** Of each publication: how many have it, and when the first and the last of them got it. */
    private final int[] arrivals;

    private final int[] firstMicros;
    private final int[] lastMicros;
    private final int untimed;
    private int subscribers;
    private long delivered;

    /**
     * @param publications how many there will be
     * @param untimed how many of them, from the first, are the warm-up
     */
    Scoreboard(int publications, int untimed, int subscribers) {
        this(publications, untimed, subscribers, histogram());
    }

    private Scoreboard(int publications, int untimed, int subscribers, Histogram deliveries) {
        this.arrivals = new int[publications];
        this.firstMicros = new int[publications];
        this.lastMicros = new int[publications];
        this.untimed = untimed;
        this.subscribers = subscribers;
        this.deliveries = deliveries;
    }

    private static Histogram histogram() {
        return new Histogram(Report.HIGHEST_MICROS, Report.DIGITS);
    }

    void delivered(EventReader event, long nowMicros) {
        delivered++;
        int number = (int) event.number();
        int micros = (int) Math.clamp(nowMicros - event.sentMicros(), 0, Report.HIGHEST_MICROS);
        if (arrivals[number]++ == 0) {
            firstMicros[number] = micros;
        }
        lastMicros[number] = Math.max(lastMicros[number], micros);
        if (number >= untimed) {
            deliveries.recordValue(micros);
        }
    }

    /** Every publication of the run that reached a subscriber, repeats too. */
    long delivered() {
        return delivered;
    }

    long p99Micros() {
        return deliveries.getValueAtPercentile(99);
    }

    /** Adds what other subscribers of the same run have seen. */
    void add(Scoreboard other) {
        for (int i = 0; i < arrivals.length; i++) {
            if (other.arrivals[i] > 0) {
                firstMicros[i] =
                        arrivals[i] == 0 ? other.firstMicros[i] : Math.min(firstMicros[i], other.firstMicros[i]);
                lastMicros[i] = Math.max(lastMicros[i], other.lastMicros[i]);
                arrivals[i] += other.arrivals[i];
            }
        }
        deliveries.add(other.deliveries);
        subscribers += other.subscribers;
        delivered += other.delivered;
    }

    Map<String, Histogram> latenciesMicros() {
        Histogram firsts = histogram();
        Histogram lasts = histogram();
        for (int i = untimed; i < arrivals.length; i++) {
            if (arrivals[i] > 0) {
                firsts.recordValue(firstMicros[i]);
            }
            if (arrivals[i] >= subscribers) {
                lasts.recordValue(lastMicros[i]);
            }
        }
        var latencies = new LinkedHashMap<String, Histogram>();
        latencies.put("delivery", deliveries);
        latencies.put("first", firsts);
        latencies.put("last", lasts);
        return latencies;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(arrivals.length);
        out.writeInt(untimed);
        out.writeInt(subscribers);
        out.writeLong(delivered);
        for (int i = 0; i < arrivals.length; i++) {
            out.writeInt(arrivals[i]);
            out.writeInt(firstMicros[i]);
            out.writeInt(lastMicros[i]);
        }
        ByteBuffer encoded = ByteBuffer.allocate(deliveries.getNeededByteBufferCapacity());
        int length = deliveries.encodeIntoCompressedByteBuffer(encoded);
        out.writeInt(length);
        out.write(encoded.array(), 0, length);
    }

    static Scoreboard read(DataInput in) throws IOException {
        int publications = in.readInt();
        int untimed = in.readInt();
        int subscribers = in.readInt();
        long delivered = in.readLong();
        int[][] seen = new int[publications][];
        for (int i = 0; i < publications; i++) {
            seen[i] = new int[] {in.readInt(), in.readInt(), in.readInt()};
        }
        byte[] encoded = new byte[in.readInt()];
        in.readFully(encoded);
        try {
            var histogram = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), Report.HIGHEST_MICROS);
            var scoreboard = new Scoreboard(publications, untimed, subscribers, histogram);
            scoreboard.delivered = delivered;
            for (int i = 0; i < publications; i++) {
                scoreboard.arrivals[i] = seen[i][0];
                scoreboard.firstMicros[i] = seen[i][1];
                scoreboard.lastMicros[i] = seen[i][2];
            }
            return scoreboard;
        } catch (DataFormatException e) {
            throw new IOException("a part of the run cannot be read", e);
        }
    }
}
