package dev.heliograph.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant who misspelt a name: the candidate to which the fewest edits lead (insert, delete, replace, swap neighbours). */
final class DidYouMean {
    private DidYouMean() {}

    /** {@code "; did you mean 'port'?"}, or nothing if no candidate is near. */
    static String hint(String written, Collection<String> candidates) {
        return nearest(written, candidates)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    private static Optional<String> nearest(String written, Collection<String> candidates) {
        int farthest = Math.max(1, written.length() / 3);
        record Near(String name, int distance) {}
        return candidates.stream()
                .map(name -> new Near(name, distance(lower(written), lower(name))))
                .filter(near -> near.distance() <= farthest)
                .min(Comparator.comparingInt(Near::distance))
                .map(Near::name);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Optimal string alignment, three rows at a time. */
    static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            before = above;
            above = row;
        }
        return above[b.length()];
    }
}
