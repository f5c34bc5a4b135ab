package dev.heliograph.loadtest;

import java.util.function.DoubleSupplier;

/** Something that must hold at the end of a run: a figure is at most its bound. The figure is asked for once. */
record ServiceLevel(String name, DoubleSupplier figure, double most) {}
