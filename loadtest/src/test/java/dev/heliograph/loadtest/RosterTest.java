package dev.heliograph.loadtest;

import static dev.heliograph.loadtest.PresenceChange.Kind.ALL;
import static dev.heliograph.loadtest.PresenceChange.Kind.CAME;
import static dev.heliograph.loadtest.PresenceChange.Kind.COUNT_ONLY;
import static dev.heliograph.loadtest.PresenceChange.Kind.LEFT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RosterTest {
    private static final Map<String, String> BOTH = Map.of("r1", Roster.RESIDENT, "r2", Roster.RESIDENT);

    private final Phases phases = Phases.of(new Phases.Phase("arrival", 0));
    private final Roster roster = new Roster("run", 2, 2, phases);

    @BeforeEach
    void bothResidentsAreThere() {
        tell(ALL, BOTH);
    }

    private void tell(PresenceChange.Kind kind, Map<String, String> members) {
        roster.apply(new PresenceChange(kind, members), 9_000);
    }

    private static Map<String, String> visitor(int number) {
        return Map.of("v" + number, new Stamp("run", number, 5_000).text());
    }

    @Test
    void isSettled_onceEveryVisitorHasComeAndLeft() {
        tell(CAME, visitor(0));
        assertTrue(roster.hasSeen(1));
        tell(LEFT, visitor(0));
        assertFalse(roster.isSettled());
        tell(CAME, visitor(1));
        assertFalse(roster.isSettled());
        tell(ALL, BOTH);
        assertTrue(roster.isSettled());
        assertEquals("", roster.verdict());
        assertEquals(2, phases.inOrder().getFirst().micros().getTotalCount());
        assertEquals(4, phases.p99Ms("arrival"), 0.1);
    }

    @Test
    void sameStateAgain_isNoArrival() {
        tell(CAME, visitor(0));
        tell(CAME, visitor(0));
        tell(ALL, visitor(0));
        assertEquals(0, roster.repeated());
    }

    @Test
    void visitorThatComesTwice_isAFault() {
        tell(CAME, visitor(0));
        tell(LEFT, visitor(0));
        tell(CAME, visitor(0));
        assertEquals(1, roster.repeated());
        assertEquals("visitor 0 came twice", roster.verdict());
    }

    @Test
    void residentThatIsToldToHaveLeft_isAFault_ifItComesBackToo() {
        tell(ALL, Map.of("r1", Roster.RESIDENT));
        tell(ALL, BOTH);
        assertEquals("resident r2 was told to have left", roster.verdict());
    }

    @Test
    void visitorNeverSeen_orStillThere_isAFault() {
        tell(CAME, visitor(1));
        assertEquals(
                "1 of 2 visitors were seen; at the end 2 residents of 2 and 1 visitors were there", roster.verdict());
    }

    @Test
    void countInPlaceOfMembers_isAFault() {
        tell(COUNT_ONLY, Map.of());
        assertTrue(roster.verdict().contains("presence.listMax"), roster::verdict);
    }
}
