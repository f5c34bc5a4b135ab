package dev.heliograph.session;

import dev.heliograph.broadcast.OfChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's subscriptions, by the names of their channels. Most clients have one or two: a few stand in an array, which takes a third of the memory that a map takes.
 * Confined to the connection's event loop.
 */
public final class Subscriptions<T extends OfChannel> {
    /** Up to so many are looked through one by one. */
    private static final int FEW = 8;

    private static final OfChannel[] NONE = {};

    private OfChannel[] few = NONE;
    private @Nullable Map<String, T> many;

    /** The one in that channel; null if there is none. */
    public @Nullable T get(String channel) {
        if (many != null) {
            return many.get(channel);
        }
        int index = indexOf(channel);
        return index < 0 ? null : at(few, index);
    }

    @SuppressWarnings("unchecked") // only add puts something there
    private T at(OfChannel[] all, int index) {
        return (T) all[index];
    }

    /** Adds one for a channel that has none yet. */
    public void add(T subscriber) {
        if (many == null && few.length < FEW) {
            few = Arrays.copyOf(few, few.length + 1);
            few[few.length - 1] = subscriber;
            return;
        }
        if (many == null) {
            many = HashMap.newHashMap(2 * FEW);
            for (int i = 0; i < few.length; i++) {
                many.put(few[i].channel().name(), at(few, i));
            }
            few = NONE;
        }
        many.put(subscriber.channel().name(), subscriber);
    }

    /** Takes one out; null if there is none for that channel. */
    public @Nullable T remove(String channel) {
        if (many != null) {
            return many.remove(channel);
        }
        int index = indexOf(channel);
        if (index < 0) {
            return null;
        }
        T removed = at(few, index);
        few[index] = few[few.length - 1];
        few = few.length == 1 ? NONE : Arrays.copyOf(few, few.length - 1);
        return removed;
    }

    public int size() {
        return many != null ? many.size() : few.length;
    }

    /** The action may take out what it is given. */
    public void forEach(Consumer<T> action) {
        OfChannel[] all = many != null ? many.values().toArray(NONE) : few.clone();
        for (int i = 0; i < all.length; i++) {
            action.accept(at(all, i));
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
