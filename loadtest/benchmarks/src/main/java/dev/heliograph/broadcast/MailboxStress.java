package dev.heliograph.broadcast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The claims of {@link Mailbox}: nothing lost, nothing twice, each producer's order, and a full one says so. Two threads each: jcstress runs no more than there are cores. */
final class MailboxStress {
    private MailboxStress() {}

    /** Everything that is still in there, in the order it comes out. */
    private static String drain(Mailbox<Integer> mailbox) {
        var drained = new StringBuilder();
        for (Integer item = mailbox.poll(); item != null; item = mailbox.poll()) {
            drained.append(item);
        }
        return drained.append(mailbox.isEmpty() ? "" : " and more").toString();
    }

    private static String poll(Mailbox<Integer> mailbox) {
        Integer item = mailbox.poll();
        return item == null ? "" : item.toString();
    }

    @JCStressTest
    @Description("Two producers, two items each: all four come out, each producer's own in order.")
    @Outcome(
            id = {"1234", "1324", "1342", "3124", "3142", "3412"},
            expect = ACCEPTABLE,
            desc = "All of both, interleaved.")
    @Outcome(expect = FORBIDDEN, desc = "Lost, repeated or out of order.")
    @State
    public static class TwoProducers {
        private final Mailbox<Integer> mailbox = new Mailbox<>(4);

        @Actor
        public void first() {
            mailbox.offer(1);
            mailbox.offer(2);
        }

        @Actor
        public void second() {
            mailbox.offer(3);
            mailbox.offer(4);
        }

        @Arbiter
        public void all(L_Result result) {
            result.r1 = drain(mailbox);
        }
    }

    @JCStressTest
    @Description(
            "A producer and the consumer at once: what is polled and what is left are everything, once and in order.")
    @Outcome(id = "12", expect = ACCEPTABLE, desc = "Both, in order, whoever took them.")
    @Outcome(expect = FORBIDDEN, desc = "Lost, repeated or out of order.")
    @State
    public static class ProducerAndConsumer {
        private final Mailbox<Integer> mailbox = new Mailbox<>(2);
        private String polled = "";

        @Actor
        public void producer() {
            mailbox.offer(1);
            mailbox.offer(2);
        }

        @Actor
        public void consumer() {
            polled = poll(mailbox) + poll(mailbox);
        }

        @Arbiter
        public void all(L_Result result) {
            result.r1 = polled + drain(mailbox);
        }
    }

    @JCStressTest
    @Description("Two producers and room for one: exactly one is told that it fitted, and that one comes out.")
    @Outcome(id = "true false 1", expect = ACCEPTABLE, desc = "The first won.")
    @Outcome(id = "false true 2", expect = ACCEPTABLE, desc = "The second won.")
    @Outcome(expect = FORBIDDEN, desc = "It said one thing and did another.")
    @State
    public static class Full {
        private final Mailbox<Integer> mailbox = new Mailbox<>(1);
        private boolean firstFitted;
        private boolean secondFitted;

        @Actor
        public void first() {
            firstFitted = mailbox.offer(1);
        }

        @Actor
        public void second() {
            secondFitted = mailbox.offer(2);
        }

        @Arbiter
        public void all(L_Result result) {
            result.r1 = firstFitted + " " + secondFitted + " " + drain(mailbox);
        }
    }

    @JCStressTest
    @Description(
            "A full mailbox that is drained meanwhile, its slots used again: what was accepted comes out, what was refused does not.")
    @Outcome(id = "true 12", expect = ACCEPTABLE, desc = "There was room already.")
    @Outcome(id = "false 1", expect = ACCEPTABLE, desc = "There was none yet.")
    @Outcome(expect = FORBIDDEN, desc = "Lost, repeated, or accepted without room.")
    @State
    public static class SlotUsedAgain {
        private final Mailbox<Integer> mailbox = new Mailbox<>(1);
        private boolean fitted;
        private String polled = "";

        public SlotUsedAgain() {
            mailbox.offer(1);
        }

        @Actor
        public void producer() {
            fitted = mailbox.offer(2);
        }

        @Actor
        public void consumer() {
            polled = poll(mailbox) + poll(mailbox);
        }

        @Arbiter
        public void all(L_Result result) {
            result.r1 = fitted + " " + polled + drain(mailbox);
        }
    }
}
