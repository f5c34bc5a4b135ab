package dev.heliograph.loadtest;

/**
 * What one subscriber has received, held against what was published: nothing lost, nothing twice, in order. Offsets are held
 * for every event of the channel, numbers for those of this run. Confined to one thread at a time.
 */
public final class Ledger {
    /** Begin at whatever comes first. */
    public static final long ANYWHERE = -1;

    private long nextOffset;
    private long nextNumber;
    private long received;
    private long missing;
    private long repeated;
    private long misplaced;
    private String fault = "";

    /**
     * @param lastOffset the position at which the subscription began, or {@link #ANYWHERE}
     * @param firstNumber the first publication of this run that must come, or {@link #ANYWHERE}
     */
    public Ledger(long lastOffset, long firstNumber) {
        this.nextOffset = lastOffset == ANYWHERE ? ANYWHERE : lastOffset + 1;
        this.nextNumber = firstNumber;
    }

    public void note(EventReader event) {
        if (nextOffset >= 0 && event.offset() != nextOffset) {
            misplaced++;
            blame("offset " + event.offset() + " came where " + nextOffset + " was due");
        }
        if (event.offset() != ANYWHERE) {
            nextOffset = Math.max(nextOffset, event.offset() + 1);
        }
        if (event.isOurs()) {
            noteNumber(event.number());
        }
    }

    /** The ledger of the same subscriber that has been away without being kept anything: whatever comes first is the next. */
    public Ledger afterAbsence() {
        var after = new Ledger(ANYWHERE, ANYWHERE);
        after.received = received;
        after.repeated = repeated;
        after.misplaced = misplaced;
        after.fault = fault;
        return after;
    }

    private void noteNumber(long number) {
        received++;
        if (nextNumber >= 0 && number != nextNumber) {
            missing += Math.max(0, number - nextNumber);
            repeated += number < nextNumber ? 1 : 0;
            blame("publication " + number + " came where " + nextNumber + " was due");
        }
        nextNumber = Math.max(nextNumber, number + 1);
    }

    private void blame(String what) {
        if (fault.isEmpty()) {
            fault = what;
        }
    }

    /** Whether this publication of the run, or a later one, has come. */
    public boolean isPast(long number) {
        return nextNumber > number;
    }

    /** The offset seen last, from which to recover. */
    public long lastOffset() {
        return nextOffset - 1;
    }

    /** Publications of this run that came, repeats too. */
    public long received() {
        return received;
    }

    /** Publications of this run that were passed over, up to the last of them. */
    public long missing(long last) {
        return missing + Math.max(0, last + 1 - Math.max(0, nextNumber));
    }

    /** Publications of this run that came again, or behind a later one. */
    public long repeated() {
        return repeated;
    }

    /** Events of the channel whose offset was not the next one. */
    public long misplaced() {
        return misplaced;
    }

    /** What is wrong first, if {@code last} is the last publication of the run; empty if nothing is. */
    public String verdict(long last) {
        if (fault.isEmpty() && !isPast(last)) {
            return "the last publication, " + last + ", never came; the next one due was " + Math.max(0, nextNumber);
        }
        return fault;
    }
}
