package dev.heliograph.session;

import dev.heliograph.broadcast.Subscriber;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's subscriptions, by the names of their channels. Most clients have one or two: a few stand in an array, which takes a third of the memory that a map takes.
 * Confined to the connection's event loop.
 */
final class Subscriptions {
    /** Up to so many are looked through one by one. */
    private static final int FEW = 8;

    private static final Subscriber[] NONE = {};

    private Subscriber[] few = NONE;
    private @Nullable Map<String, Subscriber> many;

    @Nullable
    Subscriber get(String channel) {
        if (many != null) {
            return many.get(channel);
        }
        int index = indexOf(channel);
        return index < 0 ? null : few[index];
    }

    /** Adds one for a channel that has none yet. */
    void add(Subscriber subscriber) {
        if (many == null && few.length < FEW) {
            few = Arrays.copyOf(few, few.length + 1);
            few[few.length - 1] = subscriber;
            return;
        }
        if (many == null) {
            many = HashMap.newHashMap(2 * FEW);
            for (Subscriber other : few) {
                many.put(other.channel().name(), other);
            }
            few = NONE;
        }
        many.put(subscriber.channel().name(), subscriber);
    }

    /** Takes one out; null if there is none for that channel. */
    @Nullable
    Subscriber remove(String channel) {
        if (many != null) {
            return many.remove(channel);
        }
        int index = indexOf(channel);
        if (index < 0) {
            return null;
        }
        Subscriber removed = few[index];
        few[index] = few[few.length - 1];
        few = few.length == 1 ? NONE : Arrays.copyOf(few, few.length - 1);
        return removed;
    }

    int size() {
        return many != null ? many.size() : few.length;
    }

    /** The action may take out what it is given. */
    void forEach(Consumer<Subscriber> action) {
        Subscriber[] all = many != null ? many.values().toArray(NONE) : few.clone();
        for (Subscriber subscriber : all) {
            action.accept(subscriber);
        }
    }

    private int indexOf(String channel) {
        for (int i = 0; i < few.length; i++) {
            if (few[i].channel().name().equals(channel)) {
                return i;
            }
        }
        return -1;
    }
}
