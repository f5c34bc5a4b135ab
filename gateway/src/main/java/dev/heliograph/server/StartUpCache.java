package dev.heliograph.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** What the JVM need not find out again at a start, from a training (JEP 483 and 515; docs/decisions/0008). */
final class StartUpCache {
    private StartUpCache() {}

    /**
     * Whether this JVM runs on one. It does if it was given one and shares classes at all: a JVM that refuses the cache it was given takes no other archive in
     * its place.
     */
    static boolean isInUse() {
        return !option("AOTCache").isEmpty()
                && !option("AOTMode").equals("off")
                && System.getProperty("java.vm.info", "").contains("sharing");
    }

    /** Empty in a JVM that has no such option. */
    private static String option(String name) {
        try {
            return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .getVMOption(name)
                    .getValue();
        } catch (IllegalArgumentException none) {
            return "";
        }
    }
}
