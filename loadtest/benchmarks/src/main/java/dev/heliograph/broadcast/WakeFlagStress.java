package dev.heliograph.broadcast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** How {@link LoopHub} is woken: producers offer and raise, a pass lowers, takes what there is, and raises again if something is left. */
final class WakeFlagStress {
    private WakeFlagStress() {}

    /** A mailbox, its flag, and in place of the event loop's queue the number of passes that are due. */
    private static final class Loop {
        private final Mailbox<Integer> mailbox = new Mailbox<>(2);
        private final WakeFlag flag = new WakeFlag();
        private final AtomicInteger due = new AtomicInteger();
        private int taken;

        void publish(int item) {
            mailbox.offer(item);
            if (flag.raise()) {
                due.incrementAndGet();
            }
        }

        void pass() {
            flag.lower();
            while (mailbox.poll() != null) {
                taken++;
            }
            if (!mailbox.isEmpty() && flag.raise()) {
                due.incrementAndGet();
            }
        }

        /** How many passes were due, and what has been taken when they are done. */
        String finish() {
            int passes = due.get();
            for (int i = 0; i < passes; i++) {
                pass();
            }
            return passes > 1 ? "woken " + passes + " times" : taken + " taken";
        }
    }

    @JCStressTest
    @Description("A publisher while a pass runs: for what the pass did not take, one more is due.")
    @Outcome(id = "2 taken", expect = ACCEPTABLE, desc = "By this pass or the one that is due.")
    @Outcome(expect = FORBIDDEN, desc = "Something waits and nobody will look, or two passes are due.")
    @State
    public static class PublisherAndPass {
        private final Loop loop = new Loop();

        public PublisherAndPass() {
            loop.flag.raise(); // the pass that is about to run was due
        }

        @Actor
        public void publisher() {
            loop.publish(1);
            loop.publish(2);
        }

        @Actor
        public void pass() {
            loop.pass();
        }

        @Arbiter
        public void all(L_Result result) {
            result.r1 = loop.finish();
        }
    }

    @JCStressTest
    @Description("Two publishers to a loop at rest: one pass is due, and it takes both.")
    @Outcome(id = "2 taken", expect = ACCEPTABLE, desc = "By the one pass.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody woke the loop, or both did.")
    @State
    public static class TwoPublishers {
        private final Loop loop = new Loop();

        @Actor
        public void first() {
            loop.publish(1);
        }

        @Actor
        public void second() {
            loop.publish(2);
        }

        @Arbiter
        public void all(L_Result result) {
            result.r1 = loop.finish();
        }
    }
}
