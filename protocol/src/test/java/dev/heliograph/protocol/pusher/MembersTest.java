package dev.heliograph.protocol.pusher;

import static dev.heliograph.protocol.pusher.Golden.json;
import static dev.heliograph.protocol.pusher.Golden.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who members and signed-in users are, as their servers have signed it. */
final class MembersTest {
    private static final PusherChannel CHANNEL = new PusherChannel("presence-x");

    private static PresenceMember member(String singleQuoted) throws PusherException {
        return PresenceMember.read(CHANNEL, text(json(singleQuoted)), PusherLimits.HOSTED);
    }

    private static String noMember(String singleQuoted) {
        var refusal = assertThrows(PusherException.class, () -> member(singleQuoted), singleQuoted);
        var told = assertInstanceOf(PusherServerMessage.SubscriptionError.class, refusal.toMessage());
        assertEquals(CHANNEL.name(), told.channel());
        assertEquals(401, told.status());
        return told.error();
    }

    private static SignedInUser user(String singleQuoted) throws PusherException {
        return SignedInUser.read(text(json(singleQuoted)), PusherLimits.HOSTED);
    }

    private static String noUser(String singleQuoted) {
        var refusal = assertThrows(PusherException.class, () -> user(singleQuoted), singleQuoted);
        assertInstanceOf(PusherServerMessage.Failed.class, refusal.toMessage());
        return refusal.explanation();
    }

    @Test
    void member_isReadWithItsInfoAsItWasWritten() throws PusherException {
        PresenceMember member = member("{'x':[1],'user_info':{ 'name' : 'Mr. Channels' },'user_id':10}");
        assertEquals(new UserId("10", true), member.id());
        assertTrue(member.id().number());
        assertEquals(Golden.raw("{ 'name' : 'Mr. Channels' }"), member.info());
        assertEquals(new PresenceMember(UserId.of("1"), RawJson.EMPTY_OBJECT), member("{'user_id':'1'}"));
        assertEquals(
                RawJson.EMPTY_OBJECT, member("{'user_id':'1','user_info':null}").info());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7", "-7", "9007199254740991", "-9007199254740991"})
    void wholeNumbers_areIds(String number) throws PusherException {
        UserId id = member("{'user_id':" + number + "}").id();
        assertEquals(number, id.text());
        assertTrue(id.number());
        assertEquals(UserId.of(number), id, "one user, however the id was signed");
        assertEquals(UserId.of(number).hashCode(), id.hashCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0",
                "1.0",
                "1e2",
                "0.5",
                "9007199254740992",
                "-9007199254740992",
                "99999999999999999999",
                "true",
                "null",
                "[]",
                "{'a':1}",
                "''",
                "'\\ud800'"
            })
    void whatABrowserWouldNotFindUnderItsText_isNoId(String json) {
        assertEquals(
                "Invalid user_id supplied to presence subscription - it must be a string of 1 to 128 characters or a whole"
                        + " number of at most 2^53 - 1",
                noMember("{'user_id':" + json + "}"));
    }

    @ParameterizedTest
    @CsvSource({"abc, true", "1.5, true", "01, true", "-0, true", "9007199254740992, true", "'', false"})
    void userId_cannotBeMadeOfAnythingElse(String text, boolean number) {
        assertThrows(IllegalArgumentException.class, () -> new UserId(text, number));
    }

    @Test
    void userIds_areBounded() throws PusherException {
        assertEquals(
                "é".repeat(128),
                member("{'user_id':'" + "é".repeat(128) + "'}").id().text());
        noMember("{'user_id':'" + "x".repeat(129) + "'}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | Invalid user_id supplied to presence subscription",
                "[] | Invalid channel_data: expected an object",
                "'1' | Invalid channel_data: expected an object",
                "`` | Invalid channel_data: expected an object",
                "{'user_id' | Invalid channel_data: ",
                "{'user_id':'1'} x | Invalid channel_data: ",
                "{'user_id':'1'}{} | Invalid channel_data: expected one object, but more follows it",
                "{'user_id':'1','user_id':'2'} | Invalid channel_data: Duplicate field",
                "{'user_id':'1','user_info':'Ann'} | user_info supplied to presence subscription is invalid - if supplied it must be a type of hash",
                "{'user_id':'1','user_info':[]} | user_info supplied to presence subscription is invalid - if supplied it must be a type of hash"
            })
    void badChannelData_isRefusedWithItsCause(String channelData, String explanation) {
        String told = noMember(channelData);
        assertTrue(told.startsWith(explanation), told);
    }

    @Test
    void userInfo_isBounded() throws PusherException {
        String data = "{'user_id':'1','user_info':{'n':'%s'}}";
        assertEquals(1_024, member(data.formatted("x".repeat(1_016))).info().length());
        assertEquals(
                "user_info supplied to presence subscription is too large (1025 > 1024 bytes)",
                noMember(data.formatted("x".repeat(1_017))));
    }

    @Test
    void user_isReadWithInfoAndWatchlist() throws PusherException {
        SignedInUser user =
                user("{'watchlist':['another_id_1',7,'another_id_1'],'id':'some_id','user_info':{'name':'J'}}");
        assertEquals(UserId.of("some_id"), user.id());
        assertEquals(List.of("another_id_1", "7"), user.watchlist());
        assertFalse(user.watchlistCut());
        assertEquals(new PresenceMember(UserId.of("some_id"), Golden.raw("{'name':'J'}")), user.toMember());
        assertEquals(
                new SignedInUser(UserId.of("7"), RawJson.EMPTY_OBJECT, List.of(), false),
                user("{'id':'7','user_info':null,'watchlist':null,'name':'x'}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | Invalid id in user_data: expected a string of 1 to 128 characters of A-Z a-z 0-9 _ - = @ , . ;",
                "{'id':7} | Invalid id in user_data: expected a string",
                "{'id':''} | Invalid id in user_data: expected a string",
                "{'id':'a:b'} | Invalid id in user_data: expected a string",
                "{'id':'é'} | Invalid id in user_data: expected a string",
                "[] | Invalid user_data: expected an object",
                "`` | Invalid user_data: expected an object",
                "{'id':'7'}{} | Invalid user_data: expected one object, but more follows it",
                "{'id':'7', | Invalid user_data: ",
                "{'id':'7','user_info':'x'} | Invalid user_info in user_data: expected an object of at most 1024 bytes",
                "{'id':'7','watchlist':'8'} | Invalid watchlist in user_data: expected a list of user ids",
                "{'id':'7','watchlist':['8',true]} | Invalid user id in the watchlist: expected a string of 1 to 128"
            })
    void badUserData_isRefusedWithItsCause(String userData, String explanation) {
        String told = noUser(userData);
        assertTrue(told.startsWith(explanation), told);
    }

    @Test
    void watchlist_isCutAfterAHundredAndThatIsTold() throws PusherException {
        List<String> ids = IntStream.range(0, 100).mapToObj(n -> "u" + n).collect(Collectors.toList());
        assertFalse(user(watching(ids)).watchlistCut());
        var more = new ArrayList<>(ids);
        more.add("u7");
        assertFalse(user(watching(more)).watchlistCut(), "u7 was there already");
        more.add("u100");
        SignedInUser user = user(watching(more));
        assertEquals(ids, user.watchlist());
        assertTrue(user.watchlistCut());
    }

    private static String watching(List<String> ids) {
        return "{'id':'7','watchlist':['" + String.join("','", ids) + "']}";
    }
}
