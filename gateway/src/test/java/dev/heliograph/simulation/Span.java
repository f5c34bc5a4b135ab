package dev.heliograph.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;

/** One subscriber's unbroken view of a channel: from where its stream began on, over all reconnects that were recovered. One thread. */
final class Span {
    private final Ledger ledger;
    private final String who;
    private final ChannelId channel;
    private final String epoch;
    private final long began;
    private final Content content;
    private long seen;
    private long skipped;
    private boolean hasLost;
    /** What one stands for lies before others that come first: how many those are is told later, or never if it is sent by itself after a break. I7 holds all the same. */
    private final boolean byKey;
    /** Has its turn with others, who may have been first told in it what this one has behind itself: a field's newest value, which is the same told again. */
    private final boolean mayHearAgain;

    /**
     * @param began behind it the stream begins
     * @param hasRate whether it is sent no more than so much a second
     */
    Span(Ledger ledger, String who, ChannelId channel, Position began, boolean hasRate) {
        this.ledger = ledger;
        this.who = who;
        this.channel = channel;
        this.epoch = began.epoch();
        this.began = began.offset();
        this.byKey = Content.rule(channel.name()) == MergeRule.SHALLOW;
        this.mayHearAgain = byKey && hasRate;
        this.content = new Content(Content.rule(channel.name()));
        this.seen = began.offset();
    }

    /** Up to where everything was seen, or accounted for. */
    Position position() {
        return new Position(epoch, seen);
    }

    void onEvent(Position position, String key, JsonNode data, boolean evenOnly) {
        ledger.delivered(channel, data.path("id").asText(), position);
        content.add(key, data);
        Ledger.check(position.epoch().equals(epoch), "I3: " + who + " was sent another epoch without being told");
        Ledger.check(position.offset() > seen, "I2: " + who + " saw " + position + " of " + channel + " again");
        long missing = missing(seen + 1, position.offset() - 1, evenOnly);
        Ledger.check(
                byKey
                        || missing == skipped
                        || (evenOnly && missing < skipped), // at most so many, if it has joined meanwhile
                "I3: " + who + " misses " + missing + " of " + channel + " between " + seen + " and "
                        + position.offset() + ", and was told of " + skipped);
        skipped = 0;
        seen = position.offset();
    }

    /** The stream goes on behind what was seen; what the next one was to stand for comes itself. */
    void onRecovered() {
        skipped = 0;
    }

    /** Publications for which the next one stands. */
    void onSkipped(long count) {
        skipped += count;
    }

    /** A range that it will not get, which follows what it has seen. */
    void onLost(Position from, Position to, boolean evenOnly) {
        Ledger.check(from.epoch().equals(epoch), "I3: " + who + " was told of a loss in another epoch");
        hasLost = true;
        long missing = missing(seen + 1, from.offset() - 1, evenOnly);
        Ledger.check(
                byKey || missing <= skipped,
                "I3: " + who + " misses " + missing + " of " + channel + " before the loss at " + from);
        skipped = 0;
        seen = Math.max(seen, to.offset());
    }

    private long missing(long from, long to, boolean evenOnly) {
        long missing = 0;
        for (long offset = from; offset <= to; offset++) {
            Ledger.Fact fact = ledger.at(channel, epoch, offset);
            if (fact != null && (!evenOnly || fact.even())) {
                missing++;
            }
        }
        return missing;
    }

    /** After a quiet while: everything up to there has arrived, or was told of. */
    void checkReached(Position top, boolean evenOnly) {
        Ledger.check(
                top.epoch().equals(epoch),
                "I3: " + who + " stays in epoch " + epoch + " of " + channel + ", which is at " + top);
        long missing = missing(seen + 1, top.offset(), evenOnly);
        Ledger.check(
                missing == 0,
                "I5: " + missing + " of " + channel + " behind " + seen + " never reached " + who + " up to " + top);
        Content all = all(began, top.offset(), evenOnly);
        Ledger.check(
                hasLost || isWhole(all, top, evenOnly),
                "I7: " + who + " has " + content + " of " + channel + " up to " + top + ", where there is " + all);
    }

    private boolean isWhole(Content all, Position top, boolean evenOnly) {
        return mayHearAgain
                ? content.says(all) && all(0, top.offset(), evenOnly).says(content)
                : content.equals(all);
    }

    private Content all(long behind, long to, boolean evenOnly) {
        var all = new Content(Content.rule(channel.name()));
        for (long offset = behind + 1; offset <= to; offset++) {
            Ledger.Fact fact = ledger.at(channel, epoch, offset);
            if (fact != null && (!evenOnly || fact.even())) {
                all.add(fact.key(), fact.data());
            }
        }
        return all;
    }
}
