package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.protocol.message.RawJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an app's server asks of channels, and what it is answered, as Pusher's pages show it. */
final class ApiAnswersTest {
    private static final PusherChannel PRESENCE = new PusherChannel("presence-foobar");

    private static String refusal(Executing executing) {
        var refused = assertThrows(ApiException.class, executing::run);
        assertEquals(400, refused.status());
        return text(refused.body());
    }

    private interface Executing {
        void run() throws ApiException;
    }

    @Test
    void answers_areThoseOfPushersPages() {
        assertEquals("{}", text(ApiAnswers.done()));
        var channels = new LinkedHashMap<PusherChannel, ChannelState>();
        channels.put(PRESENCE, new ChannelState(42, 51, null));
        channels.put(new PusherChannel("presence-another"), new ChannelState(123, null, null));
        channels.put(new PusherChannel("another"), ChannelState.NOTHING);
        assertEquals(
                "{\"channels\":{\"presence-foobar\":{\"user_count\":42,\"subscription_count\":51},"
                        + "\"presence-another\":{\"user_count\":123},\"another\":{}}}",
                text(ApiAnswers.channels(channels)));
        assertEquals("{\"channels\":{}}", text(ApiAnswers.channels(Map.of())));
        assertEquals(
                "{\"batch\":[{\"user_count\":42,\"subscription_count\":51},{},{\"subscription_count\":13}]}",
                text(ApiAnswers.batch(List.of(
                        new ChannelState(42, 51, null), ChannelState.NOTHING, new ChannelState(null, 13, null)))));
        assertEquals(
                "{\"users\":[{\"id\":\"1\"},{\"id\":\"10\"}]}",
                text(ApiAnswers.users(List.of(UserId.of("1"), new UserId("10", true)))));
        assertEquals("{\"users\":[]}", text(ApiAnswers.users(List.of())));
    }

    @Test
    void oneChannel_isToldWithItsCache() {
        assertEquals("{\"occupied\":false}", text(ApiAnswers.channel(false, ChannelState.NOTHING)));
        assertEquals(
                "{\"occupied\":true,\"user_count\":42,\"subscription_count\":42,"
                        + "\"cache\":{\"data\":\"event data\",\"ttl\":60}}",
                text(ApiAnswers.channel(
                        true, new ChannelState(42, 42, new ChannelState.Kept(RawJson.of("\"event data\""), 60)))));
        assertEquals(
                "{\"occupied\":true,\"cache\":{\"data\":\"{\\\"x\\\":1}\",\"ttl\":1}}",
                text(ApiAnswers.channel(
                        true, new ChannelState(null, null, new ChannelState.Kept(RawJson.of("{\"x\":1}"), 1)))));
        assertEquals(
                "{\"occupied\":true,\"cache\":null}",
                text(ApiAnswers.channel(true, new ChannelState(null, null, new ChannelState.Empty()))));
    }

    @Test
    void channels_areAskedForByPrefix() throws ApiException {
        assertEquals(new ChannelQuery(null, Set.of()), ChannelQuery.channels(QueryParameters.NONE));
        assertEquals(
                new ChannelQuery("presence-x", Set.of(ChannelAttribute.USER_COUNT)),
                ChannelQuery.channels(QueryParameters.parse("filter_by_prefix=presence-x&info=user_count")));
        for (String query : List.of("info=user_count", "info=user_count&filter_by_prefix=private-")) {
            assertEquals(
                    "user_count may only be requested for presence channels - please supply filter_by_prefix begining with"
                            + " presence-\n",
                    refusal(() -> ChannelQuery.channels(QueryParameters.parse(query))));
        }
        assertEquals(
                "Invalid info attribute: 'cache', expected of user_count\n",
                refusal(() -> ChannelQuery.channels(QueryParameters.parse("info=cache&filter_by_prefix=presence-"))));
    }

    @ParameterizedTest
    @CsvSource({
        "presence-x, 'user_count,subscription_count', ok",
        "my-channel, subscription_count, ok",
        "cache-x, cache, ok",
        "presence-cache-x, 'user_count,cache', ok",
        "my-channel, '', ok",
        "my-channel, user_count, Cannot retrieve the user count unless the channel is a presence channel",
        "my-presence-x, user_count, Cannot retrieve the user count unless the channel is a presence channel",
        "my-cache-x, cache, Cannot retrieve the cache unless the channel is a cache channel",
        "my-channel, x, 'Invalid info attribute: ''x'', expected of user_count, subscription_count, cache'"
    })
    void attributes_areToldOfChannelsThatHaveThem(String channel, String info, String outcome) throws ApiException {
        QueryParameters query = QueryParameters.parse("info=" + info);
        var asked = new PusherChannel(channel);
        if (outcome.equals("ok")) {
            int count = info.isEmpty() ? 0 : info.split(",", -1).length;
            assertEquals(count, ChannelQuery.channel(asked, query).size());
        } else {
            assertEquals(outcome + "\n", refusal(() -> ChannelQuery.channel(asked, query)));
        }
    }

    @Test
    void users_areToldOfPresenceChannelsOnly() throws ApiException {
        ChannelQuery.checkUsers(PRESENCE);
        assertEquals(
                "Users can only be retrieved for presence channels\n",
                refusal(() -> ChannelQuery.checkUsers(new PusherChannel("my-channel"))));
    }

    @Test
    void channelOfThePath_isChecked() throws ApiException {
        assertEquals(PRESENCE, ChannelQuery.named("presence-foobar", PusherLimits.HOSTED));
        assertEquals(
                "Invalid channel name: 'a/b', expected 1 to 164 characters of A-Z a-z 0-9 _ - = @ , . ;\n",
                refusal(() -> ChannelQuery.named("a/b", PusherLimits.HOSTED)));
    }
}
