package dev.heliograph.loadtest.swarm;

import java.io.PrintWriter;

/** A line that says how far the run is: written over itself on a terminal, one below the other in a log. Confined to one thread. */
final class ProgressLine {
    private final PrintWriter out;
    private final boolean terminal;
    private int width;

    ProgressLine(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(String progress) {
        String line = "swarm: " + progress;
        if (terminal) {
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** What follows begins on a line of its own. */
    void end() {
        if (width > 0) {
            out.println();
            out.flush();
        }
    }
}
