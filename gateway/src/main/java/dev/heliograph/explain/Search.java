package dev.heliograph.explain;

import dev.heliograph.admin.OperatorRefusal;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.session.Conversation;
import dev.heliograph.websocket.LoopConnections;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks all loops something and waits for what they say, so that the asking thread touches nothing of theirs. Any thread that may wait. */
final class Search {
    private static final long LOOP_SECONDS = 10;

    private final Inspected inspected;

    Search(Inspected inspected) {
        this.inspected = inspected;
    }

    private record Waiting(Map<String, Object> shown, long bytes) {}

    /** What the connection of that name says of itself. */
    Map<String, Object> explained(String connectionId) {
        return ask(connectionId, Conversation::onExplain);
    }

    /** What a question to the connection of that name is answered with. */
    Map<String, Object> ask(String connectionId, Function<Conversation, Map<String, Object>> question) {
        var found = new ConcurrentHashMap<String, Map<String, Object>>();
        await(inspected.connections().stream()
                .map(loop -> loop.scan((conversation, bytes) -> {
                    if (conversation.connectionId().equals(connectionId)) {
                        found.put(connectionId, question.apply(conversation));
                    }
                }))
                .toList());
        Map<String, Object> answer = found.get(connectionId);
        if (answer == null) {
            throw OperatorRefusal.notFound("no connection has this id now; expected the connectionId of connected,"
                    + " or the socket_id of Pusher's protocol");
        }
        return answer;
    }

    /** Those for whom most waits, most first. */
    List<Map<String, Object>> slowest(int limit) {
        var all = new ArrayList<PriorityQueue<Waiting>>();
        var scans = new ArrayList<CompletableFuture<Void>>();
        for (LoopConnections loop : inspected.connections()) {
            var most = new PriorityQueue<>(Comparator.comparingLong(Waiting::bytes));
            all.add(most);
            scans.add(loop.scan((conversation, bytes) -> keep(most, conversation, bytes, limit)));
        }
        await(scans);
        return all.stream()
                .flatMap(PriorityQueue::stream)
                .sorted(Comparator.comparingLong(Waiting::bytes).reversed())
                .limit(limit)
                .map(Waiting::shown)
                .toList();
    }

    private static void keep(PriorityQueue<Waiting> most, Conversation conversation, long bytes, int limit) {
        if (bytes == 0 || (most.size() == limit && most.element().bytes() >= bytes)) {
            return;
        }
        var shown = conversation.onExplain();
        shown.remove("subscriptions");
        most.add(new Waiting(shown, bytes));
        if (most.size() > limit) {
            most.remove();
        }
    }

    /** What each loop's hub answers, in the order of the loops; null where it answers null. */
    <T> List<@Nullable T> askHubs(Function<LoopHub, @Nullable T> question) {
        var answers = new ArrayList<CompletableFuture<@Nullable T>>();
        for (LoopHub hub : inspected.hubs()) {
            var answer = new CompletableFuture<@Nullable T>();
            answers.add(answer);
            hub.onLoop(() -> {
                try {
                    answer.complete(question.apply(hub));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        }
        await(answers);
        var all = new ArrayList<@Nullable T>();
        answers.forEach(answer -> all.add(answer.join()));
        return all;
    }

    private static void await(List<? extends CompletableFuture<?>> answers) {
        try {
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                    .orTimeout(LOOP_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failure) {
            throw new OperatorRefusal(503, "unavailable", "an event loop does not answer; /healthz says more");
        }
    }
}
