package dev.heliograph.loadtest;

import java.util.Map;

/** Numbers from environment variables, each with a default and a range. Immutable. */
record Knobs(Map<String, String> environment) {
    Knobs {
        environment = Map.copyOf(environment);
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
