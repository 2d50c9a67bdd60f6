package io.claimloop.ledger;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads the history by transactions. A line that a transaction wrote early and commits late would be skipped by a
 * watermark of times or counters; so only transactions below {@code pg_snapshot_xmin} are read: none of them runs any more,
 * and none can come later. A window of them, from the watermark to there, is published as a whole.
 *
 * <p>Numbers of transactions do not tell the order within a loop: one that began earlier may wait for another and write
 * after it. So no window ends between two lines of one loop, and in a window a loop's lines go by their own count.
 */
class JdbcLoopEvents implements LoopEvents {
    private static final Logger log = LoggerFactory.getLogger(JdbcLoopEvents.class);
    private static final String FEED = "loop-events";
    /** A window of so many lines is read at once; a larger one page by page. */
    private static final int PAGE = 1000;

    private static final BigInteger NONE = new BigInteger("18446744073709551615");
    private static final Pattern WORD = Pattern.compile("([a-z][a-z-]*)(?: by .*)?", Pattern.DOTALL);

    private static final String COLUMNS = """
            h.loop_uuid, h.seq, l.code, h.at, h.from_state, h.to_state, h.cause, h.detail, h.attempts
            """;
    private static final String WINDOW = "(h.tx >= ?::xid8 and h.tx < ?::xid8 or h.tx >= ?::xid8)";
    /** The least line whose predecessor is not in the window, nor before it. */
    private static final String AHEAD = """
            select min(later.tx)::text from history earlier
            join history later on later.loop_uuid = earlier.loop_uuid and later.seq = earlier.seq + 1
            where earlier.tx >= ?::xid8 and earlier.tx < ?::xid8 and later.tx >= ?::xid8 and later.tx < ?::xid8
            """;
    /** By the index on transactions, whatever the planner thinks of the limit. */
    private static final String SMALL = "with w as materialized (select h.* from history h where " + WINDOW + " limit "
            + (PAGE + 1) + ") select " + COLUMNS
            + " from w h join loop l on l.uuid = h.loop_uuid order by h.loop_uuid, h.seq";

    private static final String LARGE =
            "select " + COLUMNS + " from history h join loop l on l.uuid = h.loop_uuid where " + WINDOW
                    + " and (h.loop_uuid, h.seq) > (?, ?) order by h.loop_uuid, h.seq limit " + PAGE;

    /**
     * How far it is published: all below {@code from}; of the window up to {@code to} all up to a line of a loop.
     *
     * @param foreign lines from here on were written in another life of the database, before a dump was restored
     */
    record Mark(BigInteger from, BigInteger to, BigInteger foreign, UUID loop, int seq) {
        static Mark of(String value) {
            if (value == null) {
                return new Mark(BigInteger.ZERO, null, NONE, null, -1);
            }
            String[] parts = value.split(" ");
            return parts.length == 1
                    ? new Mark(new BigInteger(value), null, NONE, null, -1)
                    : new Mark(
                            new BigInteger(parts[0]),
                            new BigInteger(parts[1]),
                            new BigInteger(parts[2]),
                            UUID.fromString(parts[3]),
                            Integer.parseInt(parts[4]));
        }

        Mark after(LoopEvent last) {
            return new Mark(from, to, foreign, last.claim(), last.seq());
        }

        @Override
        public String toString() {
            return loop == null ? from.toString() : from + " " + to + " " + foreign + " " + loop + " " + seq;
        }
    }

    private record Snapshot(BigInteger xmin, BigInteger xmax) {}

    private final JdbcTemplate jdbc;
    private final Loops loops;

    JdbcLoopEvents(JdbcTemplate jdbc, Loops loops) {
        this.jdbc = jdbc;
        this.loops = loops;
    }

    @Override
    public Page next() {
        String before = loops.watermark(FEED).orElse(null);
        Mark mark = Mark.of(before);
        Snapshot now = snapshot();
        if (mark.from().compareTo(now.xmax()) > 0
                || mark.to() != null && mark.to().compareTo(now.xmax()) > 0) {
            log.warn("The database was restored from a dump: the history is published anew, under the same ids.");
            mark = new Mark(BigInteger.ZERO, null, now.xmax(), null, -1);
        }
        if (mark.to() != null) {
            return large(before, mark);
        }
        BigInteger end = end(mark.from(), now);
        List<LoopEvent> events = jdbc.query(SMALL, this::event, text(mark.from()), text(end), text(mark.foreign()));
        if (events.size() > PAGE) {
            return large(before, new Mark(mark.from(), end, mark.foreign(), new UUID(0, 0), -1));
        }
        Page page = new Page(before, end.toString(), events);
        if (events.isEmpty() && !mark.foreign().equals(NONE)) {
            published(page);
        }
        return page;
    }

    private Page large(String before, Mark mark) {
        List<LoopEvent> events = jdbc.query(
                LARGE, this::event, text(mark.from()), text(mark.to()), text(mark.foreign()), mark.loop(), mark.seq());
        Page page = new Page(
                before,
                events.size() < PAGE
                        ? mark.to().toString()
                        : mark.after(events.get(events.size() - 1)).toString(),
                events);
        if (events.isEmpty() && published(page)) {
            return next();
        }
        return page;
    }

    private Snapshot snapshot() {
        return jdbc.queryForObject(
                "select pg_snapshot_xmin(s)::text as xmin, pg_snapshot_xmax(s)::text as xmax from pg_current_snapshot() s",
                (row, number) ->
                        new Snapshot(new BigInteger(row.getString("xmin")), new BigInteger(row.getString("xmax"))));
    }

    private BigInteger end(BigInteger from, Snapshot now) {
        BigInteger end = now.xmin();
        while (true) {
            String ahead = jdbc.queryForObject(AHEAD, String.class, text(end), text(now.xmax()), text(from), text(end));
            if (ahead == null) {
                return end;
            }
            end = new BigInteger(ahead);
        }
    }

    private static String text(BigInteger transaction) {
        return transaction.toString();
    }

    @Override
    public boolean published(Page page) {
        return page.before() == null
                ? jdbc.update(
                                "insert into watermark (name, value) values (?, ?) on conflict (name) do nothing",
                                FEED,
                                page.after())
                        == 1
                : jdbc.update(
                                "update watermark set value = ? where name = ? and value = ?",
                                page.after(),
                                FEED,
                                page.before())
                        == 1;
    }

    private LoopEvent event(ResultSet row, int number) throws SQLException {
        return new LoopEvent(
                row.getObject("loop_uuid", UUID.class),
                row.getInt("seq"),
                row.getString("code"),
                Rows.instant(row, "at"),
                Rows.state(row.getString("from_state")),
                Rows.state(row.getString("to_state")),
                word(row.getString("cause")),
                reason(row.getString("detail")),
                row.getObject("attempts", Integer.class));
    }

    /** "retried by …" names an operator, who is a person. */
    static String word(String cause) {
        Matcher word = WORD.matcher(cause);
        return word.matches() ? word.group(1) : "other";
    }

    /** The history keeps a reason as its sentence, with our detail behind. */
    static Reason reason(String detail) {
        return detail == null
                ? null
                : Arrays.stream(Reason.values())
                        .filter(reason -> detail.startsWith(reason.whatHappened()))
                        .max(Comparator.comparing(
                                reason -> reason.whatHappened().length()))
                        .orElse(null);
    }
}
