package io.claimloop.intake;

import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.Events;
import io.claimloop.ledger.ParkedEvent;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.WakeUp;
import io.claimloop.settings.ClaimLoopProperties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes events of the claims topic: a hint like any notice, the claim is read back. What cannot be used is parked, so that
 * somebody sees it and the others go on.
 */
@Component("claimEvents")
public class ClaimEvents {
    private static final Logger log = LoggerFactory.getLogger(ClaimEvents.class);

    /** A topic full of rubbish must not fill the log. */
    private static final int TOLD = 3;

    private final int maxBody;
    private final Events events;
    private final WakeUp wakeUp;

    public ClaimEvents(Events events, WakeUp wakeUp, ClaimLoopProperties properties) {
        this.maxBody = properties.intake().maxBody();
        this.events = events;
        this.wakeUp = wakeUp;
    }

    /** Returns when all of them are on disk, in one transaction. Throws when none of them may be taken for stored. */
    public void take(List<ClaimEvent> batch) {
        List<ClaimNotice> notices = new ArrayList<>();
        List<ParkedEvent> parked = new ArrayList<>();
        batch.forEach(event -> read(event, notices, parked));
        if (notices.isEmpty() && parked.isEmpty()) {
            return;
        }
        try {
            events.store(notices, parked);
        } catch (RuntimeException e) {
            if (!ofTheEvent(e)) {
                throw e;
            }
            if (batch.size() == 1) {
                park(batch.get(0), notices, e);
            } else {
                // one bad event must not fail its neighbours
                batch.forEach(event -> take(List.of(event)));
            }
            return;
        }
        parked.stream().limit(TOLD).forEach(ClaimEvents::tell);
        if (parked.size() > TOLD) {
            log.warn("{} more events of the claims topic are parked. See /api/parked-events.", parked.size() - TOLD);
        }
        if (!notices.isEmpty()) {
            wakeUp.wake(EnumSet.of(Step.CHECK, Step.DISPATCH, Step.WATCH));
        }
    }

    private void read(ClaimEvent event, List<ClaimNotice> notices, List<ParkedEvent> parked) {
        byte[] value = event.value();
        try {
            if (value == null) {
                tombstone(event.key(), notices);
            } else if (value.length > maxBody) {
                parked.add(parked(event, Reason.EVENT_TOO_LARGE, "It has " + value.length + " bytes."));
            } else if (ClaimRowChange.looksLike(value)) {
                ClaimRowChange.read(value).ifPresent(notices::add);
            } else {
                notices.addAll(ClaimIntake.notices(value));
            }
        } catch (UnreadableNoticeException e) {
            String where = e.field() == null ? "Here " : e.field() + " ";
            parked.add(parked(event, Reason.EVENT_UNREADABLE, where + e.getMessage() + "."));
        }
    }

    /** Under a claim's UUID it says that the claim is gone, so that is looked at; under Debezium's key it says nothing new. */
    private static void tombstone(byte[] key, List<ClaimNotice> notices) {
        if (key != null && key.length <= 64) {
            ClaimUuids.spelling(new String(key, StandardCharsets.UTF_8).replace("\"", ""))
                    .ifPresent(spelling -> notices.add(new ClaimNotice(
                            java.util.UUID.fromString(spelling), spelling, null, ClaimRowChange.kept(spelling))));
        }
    }

    /** Then it would fail for ever. What is the database's own trouble passes, however long it takes. */
    private static boolean ofTheEvent(RuntimeException e) {
        return e instanceof DataIntegrityViolationException
                || !(e instanceof DataAccessException) && !(e instanceof TransactionException);
    }

    private void park(ClaimEvent event, List<ClaimNotice> notices, RuntimeException why) {
        ParkedEvent parked = new ParkedEvent(
                event.topic(),
                event.partition(),
                event.offset(),
                notices.isEmpty() ? null : notices.get(0).uuid(),
                Reason.UNEXPECTED,
                "It could not be stored: " + why.getClass().getSimpleName() + ".",
                event.value() == null ? 0 : event.value().length,
                null);
        events.store(List.of(), List.of(parked));
        tell(parked);
    }

    private static ParkedEvent parked(ClaimEvent event, Reason reason, String detail) {
        return new ParkedEvent(
                event.topic(), event.partition(), event.offset(), null, reason, detail, event.value().length, null);
    }

    private static void tell(ParkedEvent event) {
        log.warn(
                "the event at {} partition {} offset {} is parked: {} {} See /api/parked-events.",
                event.topic(),
                event.partition(),
                event.offset(),
                event.reason().whatHappened(),
                event.detail());
    }
}
