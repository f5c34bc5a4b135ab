package dev.heliograph.broker.disk;

import dev.heliograph.protocol.message.ProtocolException;
import java.util.function.Consumer;

/**
 * An entry that is no publication.
 *
 * @param make changes the store
 * @param committed called when it is on the disk, with all that came before
 * @param refusal called instead if it may not be
 */
record Chore(Runnable make, Runnable committed, Consumer<ProtocolException> refusal, boolean standsAlone)
        implements Entry {
    /** Something that nobody waits for. */
    static Chore of(Runnable make) {
        return new Chore(make, () -> {}, _ -> {}, false);
    }

    /** Changes nothing, and waits for what came before. */
    static Chore waiting(Runnable committed, Consumer<ProtocolException> refusal) {
        return new Chore(() -> {}, committed, refusal, false);
    }

    @Override
    public void onMake() {
        make.run();
    }

    @Override
    public void onCommitted() {
        committed.run();
    }

    @Override
    public void refused(ProtocolException refused) {
        refusal.accept(refused);
    }
}
