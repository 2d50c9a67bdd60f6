package io.claimloop.ledger;

import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

class JdbcEvents implements Events {
    /** A topic that holds nothing but rubbish must not fill the disk. */
    private static final String FORGET = "delete from parked_event where received_at < now() - interval '30 days'";

    private static final String PARK = """
            insert into parked_event (topic, partition_no, position, loop_uuid, reason, detail, bytes)
            values (?, ?, ?, ?, ?, ?, ?) on conflict (topic, partition_no, position) do nothing
            """;

    private final JdbcTemplate jdbc;
    private final Inbox inbox;

    JdbcEvents(JdbcTemplate jdbc, Inbox inbox) {
        this.jdbc = jdbc;
        this.inbox = inbox;
    }

    @Override
    @Transactional
    public void store(List<ClaimNotice> notices, List<ParkedEvent> parked) {
        if (!notices.isEmpty()) {
            inbox.record(notices);
        }
        if (!parked.isEmpty()) {
            jdbc.update(FORGET);
            jdbc.batchUpdate(
                    PARK,
                    parked.stream()
                            // in the order of the key, so that two instances cannot deadlock
                            .sorted(Comparator.comparing(ParkedEvent::topic)
                                    .thenComparing(ParkedEvent::partition)
                                    .thenComparing(ParkedEvent::offset))
                            .map(event -> new Object[] {
                                event.topic(),
                                event.partition(),
                                event.offset(),
                                event.claim(),
                                event.reason().name(),
                                event.detail(),
                                event.bytes()
                            })
                            .toList());
        }
    }

    @Override
    public List<ParkedEvent> parked(int limit) {
        return jdbc.query(
                "select topic, partition_no, position, loop_uuid, reason, detail, bytes, received_at from parked_event"
                        + " order by id desc limit ?",
                (row, number) -> new ParkedEvent(
                        row.getString("topic"),
                        row.getInt("partition_no"),
                        row.getLong("position"),
                        row.getObject("loop_uuid", UUID.class),
                        Rows.reason(row.getString("reason")),
                        row.getString("detail"),
                        row.getInt("bytes"),
                        Rows.instant(row, "received_at")),
                limit);
    }
}
