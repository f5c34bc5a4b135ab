package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down what a wire tells it. On hearing "close", closes the wire with "bye"; on hearing "throw", throws. */
final class RecordingReceiver implements Receiver {
    private static final long GIVE_UP_SECONDS = 20;

    private final Wire wire;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    final AtomicInteger writable = new AtomicInteger();
    final AtomicInteger gone = new AtomicInteger();

    RecordingReceiver(Wire wire) {
        this.wire = wire;
    }

    @Override
    public void onOpen() {
        heard.add("open");
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        String text = bytes.toString(StandardCharsets.US_ASCII);
        heard.add(text);
        bytes.setZero(bytes.readerIndex(), bytes.readableBytes()); // it may be written over
        if (text.equals("close")) {
            wire.close("bye".getBytes(StandardCharsets.US_ASCII));
        } else if (text.equals("throw")) {
            throw new IllegalStateException("asked for");
        }
    }

    @Override
    public void onWritable() {
        writable.incrementAndGet();
    }

    @Override
    public void onFault(Throwable cause) {
        heard.add("fault: " + cause.getMessage());
    }

    @Override
    public void onGone() {
        gone.incrementAndGet();
        heard.add("gone");
    }

    /** The next thing it was told. */
    String next() throws InterruptedException {
        String next = heard.poll(GIVE_UP_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing was told");
        }
        return next;
    }

    /** Waits until it is gone, whatever it was told before. */
    void awaitGone() throws InterruptedException {
        while (!next().equals("gone")) {
            Thread.onSpinWait();
        }
    }
}
