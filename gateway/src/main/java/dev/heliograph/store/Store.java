package dev.heliograph.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What outlives a restart: named maps and queues in one file of a folder, which no other gateway may use at the same time. It is changed by {@link #write} alone, on
 * a thread of its own: changes that wait are made and committed together, the disk is synced once for all of them, and then they are told. What was told is not
 * lost, however the process ends; a disk that fails to write ends the store, and everything after that is refused. Any thread reads, and waits for the disk if need be; it sees a change
 * from when it is made, a moment before it is durable. Values carry checksums, and all are read when it is opened: damage shows at a start, not in the night.
 */
public final class Store implements AutoCloseable {
    /** The file, in the store's folder. */
    public static final String FILE = "heliograph.store";
    /** Most changes that wait; beyond it they are refused. */
    public static final int PENDING_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final int GROUP_MAX = 1_000;
    private static final String QUEUE = "queue:";
    private static final String MAP = "map:";

    /** Each commit is synced before the next, so that an old part of the file is of use only to who still reads it. */
    private static final int RETENTION_MS = 1_000;

    private static final int COMPACT_COMMITS = 1_000;
    private static final int COMPACT_FILL_PERCENT = 50;
    private static final int COMPACT_BYTES = 1 << 20;
    /** Chunks are not moved at the end: their space is used again after the next start, and moving them is where MVStore's own assertions fail at times. */
    private static final int NO_CLOSING_COMPACTION = 0;

    private final Path folder;
    private final MVStore file;
    private static final long CLOSE_NANOS = 5_000_000_000L;
    private static final long CLOSE_STEP_MS = 100;

    private final Map<String, StoreQueue> queues = new ConcurrentHashMap<>();
    private final Map<String, StoreMap> maps = new ConcurrentHashMap<>();
    private final BlockingQueue<Change> pending = new LinkedBlockingQueue<>(PENDING_MAX);
    private final Change end = new Change(() -> {});
    private final Thread writer;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("store-reader").factory());
    private volatile @Nullable StoreException failure;
    // Under this object's lock:
    private boolean closed;

    private Store(Path folder, MVStore file) {
        this.folder = folder;
        this.file = file;
        this.writer = Thread.ofPlatform().daemon().name("store").unstarted(this::run);
    }

    /**
     * Opens the store of that folder, which is made if it is missing.
     *
     * @throws StoreException if another gateway uses it, if it is damaged, or if the disk does not let it be read and written
     */
    public static Store open(Path folder) throws StoreException {
        makeFolder(folder);
        var store = new Store(folder, openFile(folder));
        store.verify();
        store.writer.start();
        return store;
    }

    /** For its owner alone: what clients have sent lies there. */
    private static void makeFolder(Path folder) throws StoreException {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, forOwner());
            }
        } catch (IOException e) {
            throw new StoreException("store.folder " + folder + " cannot be made: " + e, e);
        }
        Path file = folder.resolve(FILE);
        if (!Files.isWritable(folder) || (Files.exists(file) && !Files.isWritable(file))) {
            throw new StoreException("store.folder " + folder
                    + " cannot be written by this user; expected that it may write there, " + FILE + " included");
        }
    }

    private static FileAttribute<?>[] forOwner() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    private static MVStore openFile(Path folder) throws StoreException {
        try {
            MVStore file = new MVStore.Builder()
                    .fileName(folder.resolve(FILE).toAbsolutePath().toString())
                    .autoCommitDisabled()
                    .open();
            file.setRetentionTime(RETENTION_MS);
            return file;
        } catch (MVStoreException e) {
            if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
                throw new StoreException(
                        "store.folder " + folder + " is in use by another gateway; give each a folder of its own", e);
            }
            throw damaged(folder, e);
        } catch (RuntimeException | Error e) {
            throw damaged(folder, e);
        }
    }

    /** Damage shows in many ways: where a length is damaged there is no memory for it, and MVStore asserts what it does not check. */
    private static StoreException damaged(Path folder, Throwable cause) {
        return new StoreException(
                "the store " + folder.resolve(FILE) + " is damaged or cannot be read: " + cause.getMessage()
                        + "; put back a copy of it, or move it away to start with an empty one: webhooks that wait in it, and history, are then lost",
                cause);
    }

    /** Reads everything once. */
    private void verify() throws StoreException {
        try {
            for (String name : file.getMapNames()) {
                if (name.startsWith(QUEUE)) {
                    verify(openQueue(name), Checksum::open);
                } else {
                    verify(openMap(name), Checksum::open);
                }
            }
        } catch (RuntimeException | Error e) {
            reader.shutdown();
            file.closeImmediately();
            throw damaged(folder, e);
        }
    }

    private static <K> void verify(MVMap<K, byte[]> map, BiConsumer<K, byte[]> check) {
        long count = 0;
        for (var entries = map.cursor(null); entries.hasNext(); count++) {
            check.accept(entries.next(), entries.getValue());
        }
        if (count != map.sizeAsLong()) {
            throw new IllegalStateException("values are missing");
        }
    }

    private static <K> MVMap.Builder<K, byte[]> mapOf(DataType<K> keys) {
        return new MVMap.Builder<K, byte[]>().keyType(keys).valueType(SealedValues.TYPE);
    }

    private MVMap<Long, byte[]> openQueue(String name) {
        return file.openMap(name, mapOf(LongDataType.INSTANCE));
    }

    private MVMap<String, byte[]> openMap(String name) {
        return file.openMap(name, mapOf(StringDataType.INSTANCE));
    }

    /** The queue of that name; an empty one if there was none. */
    public StoreQueue queue(String name) {
        return read(() -> queues.computeIfAbsent(name, _ -> new StoreQueue(this, openQueue(QUEUE + name))));
    }

    /** The map of that name; an empty one if there was none. */
    public StoreMap map(String name) {
        return read(() -> maps.computeIfAbsent(name, _ -> new StoreMap(this, openMap(MAP + name))));
    }

    /** Names of the queues that there are. */
    public Set<String> queues() {
        return read(() -> {
            var names = new TreeSet<String>();
            for (String name : file.getMapNames()) {
                if (name.startsWith(QUEUE)) {
                    names.add(name.substring(QUEUE.length()));
                }
            }
            return names;
        });
    }

    /** Removes a queue that nobody uses any more. Only within {@link #write}. */
    public void dropQueue(String name) {
        requireWriter();
        queues.remove(name);
        file.removeMap(QUEUE + name);
    }

    /**
     * Makes a change, on the store's thread. Never blocks.
     *
     * @param change changes maps and queues, and does nothing that takes time. If it throws, the changes that it has made stay
     * @return done when the change is on the disk; what hangs on it runs on the store's thread. Failed with what the change has thrown, or with a
     *     {@link StoreException} if the store is closed, has failed, or has too much to do
     */
    public CompletableFuture<Void> write(Runnable change) {
        var made = new Change(change);
        StoreException refused = offer(made);
        if (refused != null) {
            made.onFailure(refused);
        }
        return made.durable();
    }

    /**
     * The same, for whoever has to be told on the store's thread, before anything else is made.
     *
     * @param told is given why it failed, or null; never on this thread
     * @return why the change is not taken at all, and nobody is told; else null
     */
    public @Nullable StoreException write(Runnable change, Consumer<@Nullable Throwable> told) {
        var made = new Change(change);
        var _ = made.durable().whenComplete((_, failure) -> told.accept(failure));
        return offer(made);
    }

    private synchronized @Nullable StoreException offer(Change made) {
        StoreException failed = failure;
        if (closed || failed != null) {
            return failed == null ? refusal("is closed", null) : failed;
        }
        return pending.offer(made) ? null : refusal("has " + PENDING_MAX + " changes to make already", null);
    }

    /** Whether changes are still taken: it was not closed, and the disk has not failed. */
    public synchronized boolean isUsable() {
        return !closed && failure == null;
    }

    private StoreException refusal(String why, @Nullable Throwable cause) {
        String message = "the store in " + folder + " " + why;
        return cause == null ? new StoreException(message) : new StoreException(message, cause);
    }

    void requireWriter() {
        if (!writer.equals(Thread.currentThread())) {
            throw new IllegalStateException("the store is changed only within Store.write");
        }
    }

    /** An interrupt of a thread that reads a file closes it for all; so this is done on a thread that nobody interrupts. */
    <T extends @Nullable Object> T read(Supplier<T> reading) {
        try {
            return writer.equals(Thread.currentThread())
                    ? reading.get()
                    : CompletableFuture.supplyAsync(reading, reader).join();
        } catch (CompletionException | IllegalStateException | MVStoreException | RejectedExecutionException e) {
            throw new UncheckedIOException(refusal("cannot be read: " + e.getMessage(), e));
        }
    }

    private void run() {
        var group = new ArrayList<Change>();
        for (long commits = 1; !group.contains(end); commits++) {
            group.clear();
            onGroup(group);
            commit(group, commits);
        }
        closeFile();
    }

    private void onGroup(List<Change> group) {
        try {
            group.add(pending.take());
        } catch (InterruptedException nobodyInterrupts) {
            throw new IllegalStateException("the store's thread was interrupted", nobodyInterrupts);
        }
        pending.drainTo(group, GROUP_MAX - 1);
    }

    private void commit(List<Change> group, long commits) {
        StoreException failed = failure;
        if (failed == null) {
            failed = tryCommit(group, commits);
            failure = failed;
        }
        for (Change change : group) {
            if (failed == null) {
                change.onDurable();
            } else {
                change.onFailure(failed);
            }
        }
    }

    private @Nullable StoreException tryCommit(List<Change> group, long commits) {
        try {
            group.forEach(Change::onMake);
            file.commit();
            file.sync();
            if (file.isClosed()) {
                return refusal("was closed by a fault", null);
            }
            if (commits % COMPACT_COMMITS == 0) {
                file.compact(COMPACT_FILL_PERCENT, COMPACT_BYTES);
            }
            return null;
        } catch (RuntimeException | Error e) {
            LOG.error("the store in {} cannot be written any more; nothing is kept until a restart", folder, e);
            return refusal("cannot be written any more: " + e.getMessage(), e);
        }
    }

    private void closeFile() {
        try {
            if (failure == null) {
                file.close(NO_CLOSING_COMPACTION);
            } else {
                file.closeImmediately();
            }
        } catch (RuntimeException e) {
            LOG.error("the store in {} was not closed well; what was told as durable is", folder, e);
            file.closeImmediately();
        }
    }

    /** Makes all changes that wait, and ends; an interrupt does not hasten it, and a disk that does not answer is given some seconds. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        boolean interrupted = false;
        boolean told = false;
        long untilNanos = System.nanoTime() + CLOSE_NANOS;
        while (writer.isAlive() && System.nanoTime() - untilNanos < 0) {
            try {
                told = told || pending.offer(end, CLOSE_STEP_MS, TimeUnit.MILLISECONDS);
                writer.join(CLOSE_STEP_MS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (writer.isAlive()) {
            LOG.error("the disk of {} does not answer: what waits is not stored", folder);
        }
        reader.shutdown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
