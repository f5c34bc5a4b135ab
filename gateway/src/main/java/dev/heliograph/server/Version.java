package dev.heliograph.server;

/** Which build this is. */
final class Version {
    private Version() {}

    /** As the jar's manifest says; {@code dev} where classes run without a jar. */
    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
