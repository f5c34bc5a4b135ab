package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;

/** One connection's part in a presence channel, made by {@link Attendances#join} and ended once. Any thread. */
public final class Visit {
    final Attendance attendance;
    final Seat seat;
    /** Under the attendance's lock. */
    private boolean ended;

    Visit(Attendance attendance, Seat seat) {
        this.attendance = attendance;
        this.seat = seat;
    }

    public ChannelId channel() {
        return attendance.channel;
    }

    /** There was a sign of life then; nobody is told, but who asks learns when it was. */
    public void seen(long atMs) {
        seat.seen(atMs);
    }

    /** False if it had ended already. */
    boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    boolean hasEnded() {
        return ended;
    }
}
