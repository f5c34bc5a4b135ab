package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heliograph.protocol.message.RawJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonMergeTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a":1,"b":2}        | {"b":3}            | {"a":1,"b":3}
            {"a":{"x":1}}        | {"a":{"y":2}}      | {"a":{"y":2}}
            {}                   | {"b":[1,{"c":"é"}]} | {"b":[1,{"c":"é"}]}
            {"a":null}           | {}                 | {"a":null}
            {}                   | {}                 | {}
            {"q\\"uote":1}       | {"z":0}            | {"q\\"uote":1,"z":0}
            """)
    void shallow_newerFieldsWin_andOthersStay(String older, String newer, String merged) {
        assertEquals(RawJson.of(merged), JsonMerge.shallow(RawJson.of(older), RawJson.of(newer)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a":1,"b":2}            | {"b":3}            | {"a":1}
            {"a":{"x":1}}            | {"a":{"y":2}}      | {}
            {"b":[1,{"c":"é"}],"a":0} | {"a":1,"c":1}     | {"b":[1,{"c":"é"}]}
            {"a":null}               | {}                 | {"a":null}
            {}                       | {}                 | {}
            {"q\\"uote":1,"z":1}     | {"z":0}            | {"q\\"uote":1}
            """)
    void without_leavesWhatTheNewerLacks(String older, String newer, String left) {
        assertEquals(RawJson.of(left), JsonMerge.without(RawJson.of(older), RawJson.of(newer)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [1] | {}
            {}  | 7
            "a" | {}
            """)
    void ofWhatIsNoObject_nothingCanBeMade(String older, String newer) {
        assertNull(JsonMerge.shallow(RawJson.of(older), RawJson.of(newer)));
        assertNull(JsonMerge.without(RawJson.of(older), RawJson.of(newer)));
    }

    @Test
    void summed_addsUpItemsById_andKeepsTheRest() {
        assertEquals(
                "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":\"n1\",\"dx\":3,\"dy\":-0.5},{\"id\":7,\"dx\":1,\"dy\":1},"
                        + "{\"id\":\"7\",\"dx\":2}],\"seq\":2}",
                summed(
                        "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":\"n1\",\"dx\":1,\"dy\":0.5},{\"id\":7,\"dx\":1,\"dy\":1}]}",
                        "{\"kind\":\"PositionDelta\",\"seq\":2,\"items\":[{\"id\":\"n1\",\"dx\":2,\"dy\":-1},{\"id\":\"7\",\"dx\":2}]}"));
    }

    @Test
    void summed_ofAnIdTwiceInOne_addsThoseUpToo() {
        assertEquals(
                "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":1,\"dx\":6}]}",
                summed(
                        "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":1,\"dx\":1},{\"id\":1,\"dx\":2}]}",
                        "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":1,\"dx\":3}]}"));
    }

    @Test
    void summed_beyondWhatJsonCanSay_isTheNewerNumber() {
        assertEquals(
                "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":1,\"dx\":1e308}]}",
                summed(
                        "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":1,\"dx\":1.5e308}]}",
                        "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":1,\"dx\":1e308}]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"kind":"AttrChanged","items":[]}        | {"kind":"PositionDelta","items":[]}
            {"kind":"PositionDelta"}                 | {"kind":"PositionDelta","items":[]}
            {"kind":"PositionDelta","items":[1]}     | {"kind":"PositionDelta","items":[]}
            {"kind":"PositionDelta","items":[{}]}    | {"kind":"PositionDelta","items":[]}
            []                                       | {"kind":"PositionDelta","items":[]}
            """)
    void summed_ofWhatAreNoDeltas_isNothing(String older, String newer) {
        assertNull(JsonMerge.summed(RawJson.of(older), RawJson.of(newer)));
    }

    @Test
    void whatIsNestedDeeperThanIsRead_isNotMerged() {
        String deep = "{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}";
        assertNull(JsonMerge.without(RawJson.of(deep), RawJson.of("{}")));
    }

    private static String summed(String older, String newer) {
        return String.valueOf(JsonMerge.summed(RawJson.of(older), RawJson.of(newer)));
    }
}
