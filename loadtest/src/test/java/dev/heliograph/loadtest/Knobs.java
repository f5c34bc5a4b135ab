package dev.heliograph.loadtest;

import java.util.Map;

/** Settings from environment variables, each with a default, numbers with a range. Immutable. */
record Knobs(Map<String, String> environment) {
    Knobs {
        environment = Map.copyOf(environment);
    }

    String text(String name, String otherwise) {
        return environment.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise, int max) {
        String value = environment.getOrDefault(name, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected(name, value, max), e);
        }
        throw new IllegalArgumentException(expected(name, value, max));
    }

    private static String expected(String name, String value, int max) {
        return name + "=" + value + ": expected a whole number from 1 to " + max;
    }
}
