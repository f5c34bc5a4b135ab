package dev.heliograph.admin;

import dev.heliograph.auth.Revocation;
import dev.heliograph.auth.Revocation.Kind;
import dev.heliograph.auth.Revocation.Target;
import dev.heliograph.auth.RevocationKeeper;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreMap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Revocations in the store, by id. Any thread.
 *
 * <pre>
 *   version 1 | workspace, kind, name: UTF | issued before, created at, expires at: 8 bytes each
 * </pre>
 */
public final class StoredRevocations implements RevocationKeeper {
    private static final int VERSION = 1;

    private final Store store;
    private final StoreMap entries;

    public StoredRevocations(Store store) {
        this.store = store;
        this.entries = store.map("revocations");
    }

    @Override
    public boolean outlivesRestart() {
        return true;
    }

    @Override
    public List<Revocation> load() {
        return entries.copy().values().stream().map(StoredRevocations::read).toList();
    }

    @Override
    public CompletableFuture<Void> keep(Revocation revocation) {
        byte[] bytes = write(revocation);
        return store.write(() -> entries.put(revocation.id(), bytes));
    }

    @Override
    public CompletableFuture<Void> forget(String id) {
        return store.write(() -> entries.remove(id));
    }

    private static byte[] write(Revocation revocation) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(revocation.target().workspace());
            out.writeUTF(revocation.target().kind().name());
            out.writeUTF(revocation.target().name());
            out.writeLong(revocation.issuedBeforeMs());
            out.writeLong(revocation.createdAtMs());
            out.writeLong(revocation.expiresAtMs());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static Revocation read(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IllegalStateException("the store holds a revocation of version " + version
                        + "; this gateway reads version " + VERSION + ", so it is too old for this store");
            }
            var target = new Target(in.readUTF(), kind(in.readUTF()), in.readUTF());
            return new Revocation(target, in.readLong(), in.readLong(), in.readLong());
        } catch (IOException cutOff) {
            throw new IllegalStateException("the store holds a revocation that is cut off", cutOff);
        }
    }

    private static Kind kind(String name) {
        return Kind.valueOf(name);
    }
}
