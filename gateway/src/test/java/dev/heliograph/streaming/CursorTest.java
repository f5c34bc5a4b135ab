package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.Position;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CursorTest {
    @Test
    void word_isReadBack() {
        var cursor = new Cursor();
        cursor.put("entity:Task:42", new Position("k3f9-1", 17));
        cursor.put("public-a", new Position("k3f9-zz", 0));
        cursor.put("entity:Task:42", new Position("k3f9-1", 18));
        Cursor read = Cursor.parse(cursor.toString());
        assertNotNull(read);
        assertEquals(new Position("k3f9-1", 18), read.position("entity:Task:42"));
        assertEquals(new Position("k3f9-zz", 0), read.position("public-a"));
        assertNull(read.position("public-b"));
    }

    @Test
    void word_ofAsManyChannelsAsThereMayBe_fits_andNeedsNoEscape() {
        var cursor = new Cursor();
        for (int i = 0; i < Query.CHANNELS_MAX; i++) {
            cursor.put("x".repeat(190) + i, new Position("zzzzzzzzzz-zzzzzz", 999_999_999_999_999_999L));
        }
        String word = cursor.toString();
        assertTrue(word.length() <= Cursor.LENGTH_MAX, () -> "length: " + word.length());
        assertTrue(word.matches("[A-Za-z0-9._~-]+"), word);
        assertNotNull(Cursor.parse(word));
    }

    @Test
    void keys_differ() {
        var keys = new HashSet<String>();
        for (int i = 0; i < 100_000; i++) {
            assertTrue(keys.add(Cursor.key("entity:Task:" + i)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "AAAAAAAA",
                "AAAAAAAA1",
                "AAAAAAAA-1.e",
                "AAAAAAAA1.e~",
                "~",
                "AAAAAAAA1.e e",
                "AAAAAAAA9999999999999999999.e"
            })
    void otherWords_areNone(String word) {
        assertNull(Cursor.parse(word));
    }
}
