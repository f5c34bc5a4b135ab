package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store keeps, what it refuses, and what it says when it can do neither. */
@Tag("slow")
final class StoreTest {
    @TempDir
    private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> texts(List<StoreQueue.Entry> entries) {
        return entries.stream()
                .map(entry -> new String(entry.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static void assertSays(String text, StoreException refusal) {
        assertTrue(String.valueOf(refusal.getMessage()).contains(text), refusal.getMessage());
    }

    @Test
    void whatWasWritten_isThereAfterReopening() throws Exception {
        try (Store store = Store.open(folder.resolve("made/if/missing"))) {
            StoreQueue queue = store.queue("q");
            StoreMap map = store.map("m");
            store.write(() -> {
                        queue.append(bytes("a"));
                        queue.append(bytes("b"));
                        map.put("x", bytes("1"));
                        map.put("y", bytes("2"));
                    })
                    .join();
            store.write(() -> map.remove("y")).join();
        }
        try (Store store = Store.open(folder.resolve("made/if/missing"))) {
            assertEquals(List.of("a", "b"), texts(store.queue("q").after(0, 10)));
            assertArrayEquals(bytes("1"), store.map("m").get("x"));
            assertNull(store.map("m").get("y"));
            assertEquals(1, store.map("m").size());
            assertTrue(store.queues().contains("q"));
        }
    }

    @Test
    void queue_keepsOrderAndGivesUpWhatItIsTold() throws Exception {
        try (Store store = Store.open(folder)) {
            StoreQueue queue = store.queue("q");
            store.write(() -> List.of("1", "2", "3", "4", "5", "6").forEach(text -> queue.append(bytes(text))))
                    .join();
            assertEquals(List.of("3", "4"), texts(queue.after(2, 2)));
            assertEquals(List.of("5", "6"), texts(queue.newest(2)));
            store.write(() -> queue.removeTo(2)).join();
            assertEquals(List.of("3", "4", "5", "6"), texts(queue.after(0, 10)));
            store.write(() -> assertEquals(1, queue.trimTo(3))).join();
            assertEquals(List.of("4", "5", "6"), texts(queue.newest(10)));
            store.write(() -> queue.removeTo(100)).join();
            assertEquals(0, queue.size());
            assertEquals(List.of(), queue.newest(1));
            store.write(() -> assertEquals(7, queue.append(bytes("7")))).join();
            store.write(() -> store.dropQueue("q")).join();
            assertFalse(store.queues().contains("q"));
        }
    }

    @Test
    void aChangeOutsideOfWrite_isRefused() throws Exception {
        try (Store store = Store.open(folder)) {
            assertThrows(IllegalStateException.class, () -> store.queue("q").append(bytes("a")));
            assertThrows(IllegalStateException.class, () -> store.map("m").put("x", bytes("a")));
        }
    }

    @Test
    void aChangeThatFails_failsAlone() throws Exception {
        try (Store store = Store.open(folder)) {
            StoreQueue queue = store.queue("q");
            var held = new CountDownLatch(1);
            store.write(() -> await(held));
            CompletableFuture<Void> before = store.write(() -> queue.append(bytes("before")));
            CompletableFuture<Void> failing = store.write(() -> {
                throw new IllegalArgumentException("a fault of its own");
            });
            CompletableFuture<Void> after = store.write(() -> queue.append(bytes("after")));
            held.countDown();
            before.join();
            after.join();
            var failure = assertThrows(CompletionException.class, failing::join);
            assertInstanceOf(IllegalArgumentException.class, failure.getCause());
            assertEquals(List.of("before", "after"), texts(queue.after(0, 10)));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void moreChangesThanCanWait_areRefused_andThoseThatWaitAreMadeOnClose() throws Exception {
        var held = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        CompletableFuture<Void> last;
        Store store = Store.open(folder);
        try (store) {
            StoreQueue queue = store.queue("q");
            store.write(() -> {
                begun.countDown();
                await(held);
            });
            await(begun);
            last = store.write(() -> queue.append(bytes("0")));
            for (int i = 1; i < Store.PENDING_MAX; i++) {
                last = store.write(() -> queue.append(bytes("more")));
            }
            CompletableFuture<Void> refused = store.write(() -> queue.append(bytes("too many")));
            var failure = assertThrows(CompletionException.class, refused::join);
            assertInstanceOf(StoreException.class, failure.getCause());
            held.countDown();
        }
        assertTrue(last.isDone() && !last.isCompletedExceptionally());
        assertTrue(store.write(() -> {}).isCompletedExceptionally(), "closed");
        try (Store again = Store.open(folder)) {
            assertEquals(Store.PENDING_MAX, again.queue("q").size());
        }
    }

    @Test
    void anInterruptedReader_hurtsNobody() throws Exception {
        try (Store store = Store.open(folder)) {
            StoreQueue queue = store.queue("q");
            store.write(() -> queue.append(bytes("a"))).join();
            Thread.currentThread().interrupt();
            assertEquals(List.of("a"), texts(queue.after(0, 10)));
            assertEquals(1, queue.size());
            assertTrue(Thread.interrupted());
            store.write(() -> queue.append(bytes("b"))).join();
            Thread.currentThread().interrupt();
        }
        assertTrue(Thread.interrupted());
        try (Store again = Store.open(folder)) {
            assertEquals(List.of("a", "b"), texts(again.queue("q").after(0, 10)));
        }
    }

    @Test
    void aSecondOpener_isRefusedWithTheFoldersName() throws Exception {
        try (Store store = Store.open(folder)) {
            var refusal = assertThrows(StoreException.class, () -> Store.open(folder));
            assertSays(folder.toString(), refusal);
            assertSays("in use by another gateway", refusal);
            store.write(() -> store.queue("q").append(bytes("still works"))).join();
        }
    }

    @Test
    void aFileThatIsNone_isRefusedWithWhatToDo() throws Exception {
        Files.write(folder.resolve(Store.FILE), new byte[50_000]);
        var refusal = assertThrows(StoreException.class, () -> Store.open(folder));
        assertSays(folder.resolve(Store.FILE).toString(), refusal);
        assertSays("move it away", refusal);
    }

    @Test
    void aFolderThatCannotBeMade_isRefused() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        var refusal = assertThrows(StoreException.class, () -> Store.open(file.resolve("below")));
        assertSays("cannot be made", refusal);
    }

    /** Whatever a disk does to the file: it is refused, or what it holds is right. */
    @Test
    void aDamagedFile_isRefusedOrReadRightly() throws Exception {
        long seed = System.nanoTime();
        System.out.println("aDamagedFile seed " + seed);
        var random = new Random(seed);
        byte[] whole = manyValues();
        int refused = 0;
        for (int round = 0; round < 200; round++) {
            byte[] damaged = damage(whole.clone(), random);
            Path copy = Files.createDirectories(folder.resolve("copy" + round));
            Files.write(copy.resolve(Store.FILE), damaged);
            try (Store store = Store.open(copy)) {
                for (StoreQueue.Entry entry : store.queue("q").after(0, 10_000)) {
                    assertArrayEquals(value(entry.number()), entry.value(), "round " + round);
                }
            } catch (StoreException refusal) {
                assertSays("move it away", refusal);
                refused++;
            }
        }
        assertTrue(refused > 0, "nothing of this was noticed");
    }

    private byte[] manyValues() throws Exception {
        Path original = folder.resolve("original");
        try (Store store = Store.open(original)) {
            StoreQueue queue = store.queue("q");
            for (int group = 0; group < 20; group++) {
                store.write(() -> {
                            for (int i = 0; i < 50; i++) {
                                queue.append(value(queue.size() + 1));
                            }
                        })
                        .join();
            }
        }
        return Files.readAllBytes(original.resolve(Store.FILE));
    }

    private static byte[] value(long number) {
        return bytes(("value " + number + " ").repeat(10));
    }

    private static byte[] damage(byte[] file, Random random) {
        if (random.nextInt(4) == 0) {
            return java.util.Arrays.copyOf(file, random.nextInt(file.length));
        }
        int from = random.nextInt(file.length);
        int length = random.nextBoolean() ? 1 : random.nextInt(5_000);
        for (int i = from; i < Math.min(from + length, file.length); i++) {
            file[i] ^= (byte) (1 + random.nextInt(255));
        }
        return file;
    }

    /** Space that was given up is used again about a second later. */
    @Test
    void aFileOfThingsThatComeAndGo_doesNotGrowForEver() throws Exception {
        int rounds = 5;
        try (Store store = Store.open(folder)) {
            long first = 0;
            for (int round = 1; round <= rounds; round++) {
                comeAndGo(store);
                long bytes = Files.size(folder.resolve(Store.FILE));
                first = round == 1 ? bytes : first;
                assertTrue(bytes < 3 * first, "round " + round + ": " + bytes + ", the first: " + first);
                Thread.sleep(1_200);
            }
        }
    }

    private static void comeAndGo(Store store) {
        StoreQueue queue = store.queue("q");
        StoreQueue kept = store.queue("kept");
        for (int commits = 0; commits < 200; commits++) {
            var last = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 20; i++) {
                last.add(store.write(() -> {
                    long number = queue.append(new byte[500]);
                    queue.removeTo(number - 10);
                }));
            }
            store.write(() -> kept.append(new byte[100])).join();
            last.forEach(CompletableFuture::join);
        }
    }
}
