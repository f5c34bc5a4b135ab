package dev.heliograph.egress;

import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A publication and those that are not sent before it.
 *
 * @param skipped how many those are
 * @param from the oldest of them; its own position if there are none
 * @param to the newest of them; its own position if there are none
 * @param lost whether it does not stand for all of them: some were left out, as more waited for their turn than may
 */
public record Merged(Publication publication, long skipped, Position from, Position to, boolean lost) {
    private static final String RATE = "rate";

    /** One that stands for itself. */
    public static Merged of(Publication publication) {
        return new Merged(publication, 0, publication.position(), publication.position(), false);
    }

    /** @param merged what the newer one has become together with this one */
    public Merged into(Merged newer, Publication merged) {
        Position oldest = newer.skipped > 0 && newer.from.offset() < from.offset() ? newer.from : from;
        Position newest =
                newer.skipped > 0 && newer.to.offset() > publication.offset() ? newer.to : publication.position();
        return new Merged(merged, skipped + 1 + newer.skipped, oldest, newest, lost || newer.lost);
    }

    /** With what is left to be said of it. */
    public Merged saying(Publication left) {
        return new Merged(left, skipped, from, to, lost);
    }

    /** This one is left out, which is told with the newer one. */
    public Merged leftOutBefore(Merged newer) {
        Merged both = into(newer, newer.publication);
        return new Merged(both.publication, both.skipped, both.from, both.to, true);
    }

    /** For someone who has seen everything up to there: of what was skipped, at most what came after. */
    public Merged after(long offset) {
        long most = to.offset() - offset;
        if (skipped == 0 || from.offset() > offset) {
            return this;
        }
        return most <= 0
                ? of(publication)
                : new Merged(publication, Math.min(skipped, most), new Position(to.epoch(), offset + 1), to, lost);
    }

    /** What was not sent, then the publication; the latter alone where a protocol has no word for the former. */
    byte[] image(WireFormat format, long nowMs) {
        byte[] image = format.image(publication);
        byte @Nullable [] notice = skipped == 0 ? null : format.notice(notice(), nowMs);
        if (notice == null) {
            return image;
        }
        byte[] both = Arrays.copyOf(notice, notice.length + image.length);
        System.arraycopy(image, 0, both, notice.length, image.length);
        return both;
    }

    private ServerMessage.Notice notice() {
        String channel = publication.channel().name();
        return lost
                ? new ServerMessage.Lost(channel, skipped, from, to, RATE)
                : new ServerMessage.Skipped(channel, skipped, from, to);
    }
}
