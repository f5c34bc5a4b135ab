package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The same random streams, read by our decoder in random pieces and by Netty's decoder, UTF-8 validator and aggregator: the same
 * messages, and the same verdict at the same place. Known differences:
 *
 * <ul>
 *   <li>What Netty lets pass, and {@link NettyReading} refuses for it: binary messages, close codes above 4999, and a close reason that
 *       ends inside a character.
 *   <li>The number of fragments, which Netty does not limit: not limited here, see {@link FrameDecoderTest}.
 *   <li>Ours refuses from the first bytes that can only be wrong, Netty from the whole header or frame: streams end with a whole frame
 *       here, and {@link FrameDecoderSplitTest} shows that reading less gives the same.
 *   <li>The code, where a frame has two faults, see {@link #CODES_OF_TWO_FAULTS}.
 * </ul>
 */
class FrameDecoderReferenceTest {
    /**
     * Ours, theirs: a binary frame that is also malformed or too long; a Close whose code and reason are both bad; a fragment that is
     * not UTF-8 and too long for its message.
     */
    private static final Set<List<String>> CODES_OF_TWO_FAULTS = Set.of(
            List.of("refused 1003", "refused 1002"),
            List.of("refused 1003", "refused 1009"),
            List.of("refused 1002", "refused 1007"),
            List.of("refused 1009", "refused 1007"));

    private static final List<String> ENDINGS =
            List.of("text", "close", "refused 1002", "refused 1003", "refused 1007", "refused 1009");

    @Test
    void randomStreams_areReadAsByNetty() {
        Map<String, Integer> endings = compare(new FrameLimits(600, 900, Integer.MAX_VALUE, 1), 20_000);
        for (String ending : ENDINGS) {
            assertTrue(
                    endings.getOrDefault(ending, 0) >= 100, () -> "too few of " + ending + " to mean much: " + endings);
        }
    }

    @Test
    void randomStreamsOfLongFrames_areReadAsByNetty() {
        compare(new FrameLimits(70_000, 100_000, Integer.MAX_VALUE, 1), 300);
    }

    private static Map<String, Integer> compare(FrameLimits limits, int streams) {
        long seed = Seed.next("streams of frames up to " + limits.frameBytesMax() + " bytes");
        Random random = new Random(seed);
        RandomClient client = new RandomClient(random, limits.frameBytesMax());
        Map<String, Integer> endings = new HashMap<>();
        for (int i = 0; i < streams; i++) {
            byte[] stream = RandomClient.completed(client.stream(), limits.frameBytesMax());
            int[] cuts = random.ints(random.nextInt(5), 0, stream.length + 1)
                    .sorted()
                    .toArray();
            List<String> ours = Reading.of(limits, stream, cuts);
            List<String> theirs = NettyReading.of(limits, stream);
            if (!isSame(ours, theirs)) {
                int same = Math.max(0, Math.min(ours.size(), theirs.size()) - 1);
                fail("seed " + seed + ", stream " + i + " cut at " + Arrays.toString(cuts) + ": after " + same
                        + " events ours "
                        + ours.subList(same, ours.size()) + ", Netty's " + theirs.subList(same, theirs.size()) + ", of "
                        + HexFormat.of().formatHex(stream));
            }
            endings.merge(ending(ours), 1, Integer::sum);
        }
        return endings;
    }

    private static boolean isSame(List<String> ours, List<String> theirs) {
        if (ours.equals(theirs)) {
            return true;
        }
        int last = ours.size() - 1;
        return ours.size() == theirs.size()
                && ours.subList(0, last).equals(theirs.subList(0, last))
                && CODES_OF_TWO_FAULTS.contains(List.of(ours.getLast(), theirs.getLast()));
    }

    private static String ending(List<String> events) {
        String last = events.isEmpty() ? "nothing" : events.getLast();
        int word = last.indexOf(' ');
        return word < 0 || last.startsWith("refused") ? last : last.substring(0, word);
    }
}
