package dev.heliograph.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.jsonwebtoken.io.SerializationException;
import io.jsonwebtoken.io.Serializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the JSON objects of tokens: texts, numbers, flags, lists and objects. Any thread. The counterpart of {@link StrictJson}. */
final class PlainJson implements Serializer<Map<String, ?>> {
    private final JsonFactory factory = new JsonFactory();

    @Override
    @SuppressWarnings("deprecation") // the interface still asks for it
    public byte[] serialize(Map<String, ?> object) {
        var bytes = new ByteArrayOutputStream();
        serialize(object, bytes);
        return bytes.toByteArray();
    }

    @Override
    public void serialize(Map<String, ?> object, OutputStream out) {
        try (JsonGenerator json = factory.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            write(json, object);
        } catch (IOException failed) {
            throw new SerializationException("could not be written", failed);
        }
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Number number -> json.writeNumber(number.toString());
            case Boolean flag -> json.writeBoolean(flag);
            case Map<?, ?> members -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    json.writeFieldName(String.valueOf(member.getKey()));
                    write(json, member.getValue());
                }
                json.writeEndObject();
            }
            case Collection<?> items -> {
                json.writeStartArray();
                for (Object item : items) {
                    write(json, item);
                }
                json.writeEndArray();
            }
            default ->
                throw new SerializationException("a " + value.getClass().getName() + " does not belong in a token");
        }
    }
}
