package dev.heliograph.presence;

import dev.heliograph.protocol.message.Position;
import java.util.List;

/** What became of someone who wanted to join. */
public sealed interface Admission<M> {
    /**
     * It is a member.
     *
     * @param members all there are, itself included, in the order in which they came
     * @param told what the listener has told up to there is in {@code members}
     */
    record Admitted<M>(List<M> members, Position told) implements Admission<M> {
        public Admitted {
            members = List.copyOf(members);
        }
    }

    /** There are as many members as may be, and it is none of them. */
    record Full<M>() implements Admission<M> {}
}
