package dev.heliograph.pipeline;

/** A source's identity: its name within one environment of one workspace. */
public record SourceId(String workspace, String env, String name) {
    @Override
    public String toString() {
        return workspace + "/" + env + "/" + name;
    }
}
