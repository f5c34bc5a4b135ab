package dev.heliograph.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client as it should be: it comes back with its positions, publishes one thing after another and again what it does not know the fate of, and writes down what it
 * sees. One thread.
 */
final class VirtualClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BACK_OFF_MS = 400;
    /** Longer than histories last. */
    private static final int AWAY_MS = 4_000;

    private final Simulation world;
    private final SplittableRandom random;
    private final String name;
    private final String workspace;
    private final int room;
    private final Map<String, Wanted> wanted = new LinkedHashMap<>();
    private VirtualGateway.@Nullable Link link;
    private boolean authenticated;
    private boolean reads = true;
    private long tokenUntilMs;
    private long awayUntilMs;
    private long number;
    private int connections;
    private @Nullable Unanswered unanswered;

    /** A channel that it wants to be subscribed to. */
    private static final class Wanted {
        final boolean evenOnly;
        final double perSecond;

        @Nullable
        Span span;

        boolean confirmed;

        Wanted(boolean evenOnly, double perSecond) {
            this.evenOnly = evenOnly;
            this.perSecond = perSecond;
        }
    }

    private record Unanswered(String channel, String id, String message) {}

    VirtualClient(Simulation world, SplittableRandom random, String workspace, int index) {
        this.world = world;
        this.random = random;
        this.workspace = workspace;
        this.name = workspace + "-" + index;
        this.room = 500 + random.nextInt(20_000);
    }

    // what it does

    void act() {
        if (link == null) {
            connect();
            return;
        }
        if (!authenticated) {
            return;
        }
        String channel = "c" + random.nextInt(Simulation.CHANNELS);
        switch (random.nextInt(60)) {
            case 0, 1, 2, 3, 4, 5 -> want(channel);
            case 6, 7, 8 -> unsubscribe(channel);
            case 9 -> reads = false;
            case 10, 11, 12, 13 -> reads = true;
            case 14 -> vanish();
            case 15 -> leave();
            case 16 -> renew();
            default -> publish(channel);
        }
    }

    private void connect() {
        VirtualGateway gateway = world.gateway();
        if (gateway == null || (world.nowMs() < awayUntilMs && !world.isSettling())) {
            return;
        }
        authenticated = false;
        reads = true;
        String connection = name + " " + ++connections;
        link = gateway.accept(
                random.nextInt(gateway.loops.size()), new VirtualWire(room, () -> world.checkMaySend(connection)));
        renew();
    }

    private void onAuthenticated(long untilMs) {
        tokenUntilMs = untilMs;
        if (authenticated) {
            return; // renewed
        }
        authenticated = true;
        resubscribe();
        if (unanswered != null) {
            say(unanswered.message()); // it may or may not be there
        }
    }

    /** One message for all channels, each with the position that was reached. */
    private void resubscribe() {
        var entries = new ArrayList<String>();
        wanted.forEach((channel, want) -> {
            want.confirmed = false;
            String recover = want.span == null ? "" : ",\"recover\":" + json(want.span.position());
            entries.add("{\"channel\":\"" + channel + "\"" + recover + options(want) + "}");
        });
        if (!entries.isEmpty()) {
            say("{\"type\":\"subscribe\",\"payload\":{\"channels\":[" + String.join(",", entries) + "]}}");
        }
    }

    private static String options(Wanted want) {
        return (want.evenOnly ? ",\"filter\":{\"eq\":[\"even\",true]}" : "")
                + (want.perSecond > 0 ? ",\"maxPerSecond\":" + want.perSecond : "");
    }

    private static String json(Position position) {
        return "{\"epoch\":\"" + position.epoch() + "\",\"offset\":" + position.offset() + "}";
    }

    private void renew() {
        long untilMs = world.nowMs() + (world.isSettling() ? 30_000 : 1_000) + random.nextInt(20_000);
        say("{\"type\":\"authenticate\",\"payload\":{\"token\":\"" + workspace + " " + name + " " + untilMs + " "
                + connections + "\"}}");
    }

    private void want(String channel) {
        if (!wanted.containsKey(channel)) {
            var want = new Wanted(
                    random.nextInt(3) == 0,
                    random.nextInt(5) == 0 ? Content.perSecondMin(channel) + random.nextInt(20) : 0);
            wanted.put(channel, want);
            say("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\",\"payload\":{"
                    + options(want).replaceFirst(",", "") + "}}");
        }
    }

    private void unsubscribe(String channel) {
        Wanted want = wanted.get(channel);
        if (want != null && want.confirmed) {
            wanted.remove(channel);
            say("{\"type\":\"unsubscribe\",\"channel\":\"" + channel + "\"}");
        }
    }

    private void publish(String channel) {
        if (unanswered != null || !authenticated) {
            return;
        }
        boolean even = random.nextBoolean();
        String id = name + "/" + ++number;
        String key = Content.key(random);
        String data = "{\"id\":\"" + id + "\",\"even\":" + even + Content.fields(Content.rule(channel), random)
                + ",\"pad\":\"" + "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 4_000 : 60)) + "\"}";
        world.ledger.published(new Ledger.Fact(id(channel), id, name, number, even, key, parse(data)));
        String message = "{\"type\":\"publish\",\"channel\":\"" + channel + "\",\"requestId\":\"" + id
                + "\",\"payload\":{\"id\":\"" + id + "\",\"key\":\"" + key + "\",\"data\":" + data + "}}";
        unanswered = new Unanswered(channel, id, message);
        say(message);
    }

    /** What it has said arrives after a while, in order, unless the connection is gone by then. */
    private void say(String message) {
        VirtualGateway.Link to = link;
        if (to != null) {
            world.afterLatency(
                    this,
                    () -> to.run(() -> to.session().onText(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8))));
        }
    }

    /** The network is gone; the gateway learns it later, or not. */
    private void vanish() {
        VirtualGateway.Link gone = link;
        if (gone != null) {
            stayAway();
            if (random.nextBoolean()) {
                world.after(random.nextInt(3_000), () -> gone.run(gone.session()::onGone));
            }
        }
    }

    private void leave() {
        VirtualGateway.Link left = link;
        if (left != null) {
            stayAway();
            world.afterLatency(this, () -> left.run(() -> left.session().onClose(1000)));
        }
    }

    private void stayAway() {
        link = null;
        awayUntilMs = world.nowMs() + (random.nextInt(3) == 0 ? random.nextInt(AWAY_MS) : 0);
    }

    /** The gateway has ended, with everything that was on its way. */
    void onGatewayGone() {
        link = null;
    }

    // what it sees

    void read() {
        VirtualGateway.Link from = link;
        if (from == null || !reads) {
            return;
        }
        for (VirtualWire.Frame frame : from.wire().read()) {
            onFrame(frame);
        }
        if (from.equals(link) && from.wire().takeWasShort()) {
            from.run(() -> from.outbox().onWritable());
        }
    }

    private void onFrame(VirtualWire.Frame frame) {
        switch (frame.opcode()) {
            case 1 -> onMessage(parse(frame.text()));
            case 8 -> {
                link = null;
                world.after(random.nextLong(BACK_OFF_MS), this::act);
            }
            default -> say("{\"type\":\"pong\"}");
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private void onMessage(JsonNode message) {
        String channel = message.path("channel").asText();
        JsonNode payload = message.path("payload");
        switch (message.path("type").asText()) {
            case "authenticated" -> onAuthenticated(payload.path("expiresAt").asLong());
            case "ping" -> say("{\"type\":\"pong\"}");
            case "subscribed" -> onSubscribed(channel, payload);
            case "published" -> onPublished(message.path("requestId").asText(), position(payload.path("position")));
            case "event" -> onEvent(channel, position(message.path("position")), payload);
            case "skipped" ->
                ifConfirmed(
                        channel,
                        want -> span(want).onSkipped(payload.path("count").asLong()));
            case "lost" ->
                ifConfirmed(
                        channel,
                        want -> span(want)
                                .onLost(position(payload.path("from")), position(payload.path("to")), want.evenOnly));
            case "error" -> onError(message);
            default -> {
                /* nothing to write down */
            }
        }
    }

    private void onError(JsonNode message) {
        if (unanswered != null
                && unanswered.id().equals(message.path("requestId").asText())) {
            unanswered = null; // refused, so not there
        }
    }

    private void onSubscribed(String channel, JsonNode payload) {
        if (channel.isEmpty()) {
            payload.path("channels").forEach(one -> onJoined(one.path("channel").asText(), one));
        } else {
            onJoined(channel, payload);
        }
    }

    private void onJoined(String channel, JsonNode joined) {
        Wanted want = wanted.get(channel);
        if (want != null && !joined.has("error")) {
            want.confirmed = true;
            if (joined.path("recovered").asBoolean()) {
                span(want).onRecovered();
            } else {
                want.span = new Span(
                        world.ledger, name, id(channel), position(joined.path("position")), want.perSecond > 0);
            }
        } else if (want != null) {
            wanted.remove(channel);
        }
    }

    private void onPublished(String id, Position position) {
        if (unanswered != null && unanswered.id().equals(id)) {
            world.ledger.acknowledged(id(unanswered.channel()), id, position);
            unanswered = null;
        }
    }

    private void onEvent(String channel, Position position, JsonNode payload) {
        ifConfirmed(
                channel,
                want -> span(want)
                        .onEvent(position, payload.path("key").asText(), payload.path("data"), want.evenOnly));
    }

    private void ifConfirmed(String channel, Consumer<Wanted> what) {
        Wanted want = wanted.get(channel);
        if (want != null && want.confirmed) {
            what.accept(want);
        }
    }

    private static Span span(Wanted want) {
        return Objects.requireNonNull(want.span);
    }

    private ChannelId id(String channel) {
        return new ChannelId(workspace, channel);
    }

    private static Position position(JsonNode position) {
        return new Position(
                position.path("epoch").asText(), position.path("offset").asLong());
    }

    // the end

    /** From now on it stays connected and reads. */
    void settle() {
        reads = true;
        if (link == null) {
            connect();
        } else if (world.nowMs() > tokenUntilMs - 10_000) {
            renew();
        }
    }

    /** After a quiet while it has everything. */
    void checkReached() {
        Ledger.check(link != null, name + " is not connected after a quiet while");
        for (Map.Entry<String, Wanted> entry : wanted.entrySet()) {
            Wanted want = entry.getValue();
            Ledger.check(want.confirmed, name + " is not subscribed to " + entry.getKey() + " after a quiet while");
            span(want).checkReached(world.top(id(entry.getKey())), want.evenOnly);
        }
        Ledger.check(unanswered == null, "a publish of " + name + " was never answered");
    }

    /** It goes, and the gateway learns it at once. */
    void end() {
        VirtualGateway.Link last = Objects.requireNonNull(link);
        link = null;
        last.run(last.session()::onGone);
    }
}
