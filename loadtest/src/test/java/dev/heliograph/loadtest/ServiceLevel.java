package dev.heliograph.loadtest;

import java.util.function.DoubleSupplier;

/** Something that must hold at the end of a run: a figure is at most its bound. */
record ServiceLevel(String name, DoubleSupplier figure, double most) {
    boolean holds() {
        return figure.getAsDouble() <= most;
    }

    @Override
    public String toString() {
        return "%s: %.2f, at most %.2f".formatted(name, figure.getAsDouble(), most);
    }
}
