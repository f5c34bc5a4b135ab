package dev.heliograph.publish;

import dev.heliograph.protocol.message.ChannelId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What tells an idempotent publish from others: ids are each user's own, on each channel. */
record PublishKey(ChannelId channel, @Nullable String userId, String id) {
    byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write(out, channel.workspace());
            write(out, channel.name());
            out.writeBoolean(userId != null);
            write(out, userId == null ? "" : userId);
            write(out, id);
        } catch (IOException cannotBe) {
            throw new UncheckedIOException(cannotBe);
        }
        return bytes.toByteArray();
    }

    static PublishKey read(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            var channel = new ChannelId(read(in), read(in));
            boolean named = in.readBoolean();
            String userId = read(in);
            return new PublishKey(channel, named ? userId : null, read(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
