package io.claimloop.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tells the other instances that this one is there, renews or takes the leader's lease, and hears what they tell. One
 * thread on a connection of its own: a pool that is exhausted costs no leadership.
 */
class Heartbeat implements Instances, SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration RECONNECT = Duration.ofMillis(500);
    /** It looks so often whether it is to stop. */
    private static final Duration LISTEN = Duration.ofMillis(250);
    /** Camel's is {@code MAX_VALUE - 101}: we are there before its routes, and stop after them. */
    static final int BEFORE_CAMEL = Integer.MAX_VALUE - 102;

    private final InstanceRows rows;
    private final JdbcTemplate jdbc;
    private final OwnLine.Source lines;
    private final Lead lead;
    private final Duration beat;
    private final Duration lease;
    private final String me;
    private final Teller teller = new Teller(this::send);
    private volatile Consumer<Set<Step>> wake = steps -> {};
    private volatile int live = 1;
    private volatile boolean running;
    private Thread thread;
    private Connection line;
    private long nextBeat = System.nanoTime();
    private long lastBeat = System.nanoTime();
    private boolean known;

    Heartbeat(
            String me,
            String version,
            JdbcTemplate jdbc,
            OwnLine.Source lines,
            Lead lead,
            Duration beat,
            Duration lease) {
        this.me = me;
        this.jdbc = jdbc;
        this.lines = lines;
        this.lead = lead;
        this.beat = beat;
        this.lease = lease;
        this.rows = new InstanceRows(me, version, lease);
    }

    @Override
    public String me() {
        return me;
    }

    @Override
    public int live() {
        return live;
    }

    @Override
    public List<Member> list() {
        return rows.list(jdbc);
    }

    @Override
    public void onWake(Consumer<Set<Step>> whatToDo) {
        wake = whatToDo;
    }

    @Override
    public void wakeOthers(Set<Step> steps) {
        if (live > 1) {
            teller.tell(steps);
        }
    }

    private void send(Set<Step> steps) {
        try {
            rows.tell(jdbc, steps.stream().map(Step::name).collect(Collectors.joining(" ")));
        } catch (DataAccessException e) {
            log.debug("the others were not woken; they look for themselves");
        }
    }

    // ---- the thread

    /** The first beat is made by who starts us: then the routes know who leads and how many there are. */
    @Override
    public void start() {
        running = true;
        turn(Duration.ofMillis(1));
        thread = new Thread(this::run, "heartbeat");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (running) {
            turn(LISTEN);
        }
        lead.lost();
        leave();
    }

    /** On the line of its own: where that is broken nobody waits for the database, and the leader's lease runs out. */
    private void leave() {
        try {
            if (line != null) {
                rows.leave(line);
            }
        } catch (SQLException e) {
            log.debug("the lease of the leader runs out by itself");
        }
        OwnLine.close(line);
    }

    private void turn(Duration listen) {
        try {
            if (line == null) {
                line = lines.open();
                rows.listen(line);
                rows.forgetLongGone(line);
                nextBeat = System.nanoTime();
                // whatever was told meanwhile
                wake.accept(EnumSet.allOf(Step.class));
            }
            if (nextBeat - System.nanoTime() <= 0) {
                beat();
            }
            long wait = Math.min(nextBeat - System.nanoTime(), listen.toNanos());
            hear(line.unwrap(PGConnection.class)
                    .getNotifications((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait))));
        } catch (SQLException e) {
            log.debug("the line to the ledger is broken ({}); it is made anew", e.getSQLState());
            OwnLine.close(line);
            line = null;
            LockSupport.parkNanos(RECONNECT.toNanos());
        } catch (RuntimeException e) {
            log.warn("the heartbeat stumbled ({}) and goes on", e.getClass().getSimpleName());
            LockSupport.parkNanos(RECONNECT.toNanos());
        }
        if (!lead.held()) {
            lead.lost();
        }
    }

    private void beat() throws SQLException {
        long asked = System.nanoTime();
        InstanceRows.Standing standing = rows.beat(line);
        boolean missed = !known || asked - lastBeat > lease.toNanos();
        known = true;
        lastBeat = asked;
        if (live != standing.live()) {
            live = standing.live();
            log.info("{} instances share this ledger", live);
        }
        if (standing.leads()) {
            lead.renewed(asked, lease);
        } else {
            lead.lost();
        }
        if (missed && live > 1) {
            // they count us at once, and take less of what partners allow
            rows.tell(line, InstanceRows.BEAT);
        }
        // not later than another's lease ends
        Duration next = standing.leads() || standing.othersLease().compareTo(beat) > 0
                ? beat
                : standing.othersLease().plusMillis(20);
        nextBeat = System.nanoTime() + Math.max(next.toNanos(), TimeUnit.MILLISECONDS.toNanos(20));
    }

    private void hear(PGNotification[] told) {
        for (PGNotification notification : told == null ? new PGNotification[0] : told) {
            String what = rows.from(notification.getParameter());
            if (InstanceRows.BEAT.equals(what)) {
                nextBeat = System.nanoTime();
            } else if (what != null) {
                wake.accept(Arrays.stream(Step.values())
                        .filter(step -> Arrays.asList(what.split(" ")).contains(step.name()))
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Step.class))));
            }
        }
    }

    /** The routes have stopped: another may lead at once. */
    @Override
    public void stop() {
        running = false;
        teller.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lead.lost();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BEFORE_CAMEL;
    }
}
