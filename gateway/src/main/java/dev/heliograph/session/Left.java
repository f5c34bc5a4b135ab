package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ClientMessage.PresenceJoin;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a session has left behind that may be taken up again, once: who it was, what it had, and up to where its client surely has it. Any thread. */
public final class Left {
    private static final int BYTES_PER_WEIGHT = 256;

    private final Principal principal;
    final List<Subscription> subscriptions;
    /** The channels whose state its client may not have, which it was sent first. */
    final Set<String> owedStates;

    final List<PresenceJoin> presences;
    private final AtomicBoolean taken = new AtomicBoolean();

    Left(Principal principal, List<Subscription> subscriptions, Set<String> owedStates, List<PresenceJoin> presences) {
        this.principal = principal;
        this.subscriptions = List.copyOf(subscriptions);
        this.owedStates = Set.copyOf(owedStates);
        this.presences = List.copyOf(presences);
    }

    public Principal principal() {
        return principal;
    }

    /** Whether nobody has taken it before; it is the caller's then. */
    boolean take() {
        return taken.compareAndSet(false, true);
    }

    /** About how many quarters of a KiB it holds. */
    int weight() {
        int metadata = presences.stream()
                .mapToInt(join -> join.metadata() == null ? 0 : join.metadata().length())
                .sum();
        int filters = subscriptions.stream()
                .map(subscription -> subscription.options().filter())
                .mapToInt(filter -> filter == null ? 0 : filter.size())
                .sum();
        return 1 + subscriptions.size() + presences.size() + (metadata + filters) / BYTES_PER_WEIGHT;
    }
}
