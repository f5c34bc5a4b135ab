package dev.heliograph.loadtest;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Whom one resident of a channel sees, held against who is there: all residents all the time once they have joined, each visitor once. Residents say
 * {@link #RESIDENT} of themselves, visitors their {@link Stamp}. Confined to one thread at a time.
 */
final class Roster {
    static final String RESIDENT = "resident";

    private final int residents;
    private final int visitors;
    private final EventReader reader;
    private final Phases phases;
    private final Map<String, String> present = new HashMap<>();
    private final BitSet seen = new BitSet();
    private int repeated;
    private String fault = "";

    Roster(String run, int residents, int visitors, Phases phases) {
        this.residents = residents;
        this.visitors = visitors;
        this.reader = EventReader.withoutPositions(run);
        this.phases = phases;
    }

    void apply(PresenceChange change, long atMicros) {
        switch (change.kind()) {
            case ALL -> {
                change.members().forEach((user, says) -> came(user, says, atMicros));
                for (String user : present.keySet().toArray(String[]::new)) {
                    if (!change.members().containsKey(user)) {
                        left(user);
                    }
                }
            }
            case CAME -> change.members().forEach((user, says) -> came(user, says, atMicros));
            case LEFT -> change.members().keySet().forEach(this::left);
            case COUNT_ONLY ->
                blame("only how many are there was told: more are there than the gateway's presence.listMax");
        }
    }

    private void came(String user, String says, long atMicros) {
        boolean isNew = present.put(user, says) == null;
        if (isNew && !says.equals(RESIDENT) && reader.read('"' + says)) {
            if (seen.get((int) reader.number())) {
                repeated++;
                blame("visitor " + reader.number() + " came twice");
            }
            seen.set((int) reader.number());
            phases.record(reader.number(), atMicros - reader.sentMicros());
        }
    }

    private void left(String user) {
        if (RESIDENT.equals(present.remove(user))) {
            blame("resident " + user + " was told to have left");
        }
    }

    private void blame(String what) {
        if (fault.isEmpty()) {
            fault = what;
        }
    }

    /** Whether so many visitors have been seen. */
    boolean hasSeen(int count) {
        return seen.cardinality() >= count;
    }

    /** Whether every visitor has come and left again, and every resident is there. */
    boolean isSettled() {
        return hasSeen(visitors) && residentsPresent() == residents && present.size() == residents;
    }

    private int residentsPresent() {
        return (int) present.values().stream().filter(RESIDENT::equals).count();
    }

    int visitorsSeen() {
        return seen.cardinality();
    }

    int repeated() {
        return repeated;
    }

    /** What is wrong; empty if nothing is. */
    String verdict() {
        if (fault.isEmpty() && !isSettled()) {
            return "%d of %d visitors were seen; at the end %d residents of %d and %d visitors were there"
                    .formatted(
                            visitorsSeen(),
                            visitors,
                            residentsPresent(),
                            residents,
                            present.size() - residentsPresent());
        }
        return fault;
    }
}
