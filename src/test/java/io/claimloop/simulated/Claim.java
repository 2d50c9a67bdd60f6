package io.claimloop.simulated;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A claim row. Codes are not unique and deleted rows stay readable by GraphQL (recordings 455, 978). Change it through
 * {@link SimulatedOpenImis} only, so that the effect log stays true.
 */
public final class Claim {
    public static final int REJECTED = 1, ENTERED = 2, CHECKED = 4, PROCESSED = 8, VALUATED = 16;
    public static final int IDLE = 1, NOT_SELECTED = 2, SELECTED = 4, DELIVERED = 8, BYPASSED = 16;

    final int id;
    final String uuid;
    final String code;
    final Insuree insuree;
    final Facility facility;
    final LocalDate dateFrom;
    final LocalDate dateTo;
    final LocalDate dateClaimed;
    final List<ClaimLine> lines;
    final List<Attachment> attachments = new CopyOnWriteArrayList<>();
    volatile String guarantee;
    volatile String visitType = "O";
    volatile int status = ENTERED;
    volatile int feedbackStatus = IDLE;
    volatile int reviewStatus = IDLE;
    volatile int rejectionReason;
    volatile BigDecimal claimed;
    volatile BigDecimal approved;
    volatile BigDecimal remunerated;
    volatile LocalDate dateProcessed;
    volatile LocalDateTime processStamp;
    volatile LocalDateTime validityFrom;
    volatile LocalDateTime validityTo;
    volatile Feedback feedback;
    volatile BatchRun batchRun;
    volatile int openPrompts;
    volatile boolean poisoned;
    volatile List<String> diagnoses = List.of(OpenImisData.DIAGNOSIS_CODE);
    volatile String adjustment;

    Claim(
            int id,
            String uuid,
            String code,
            Insuree insuree,
            Facility facility,
            LocalDate dateFrom,
            LocalDate dateTo,
            LocalDate dateClaimed,
            List<ClaimLine> lines,
            LocalDateTime validityFrom) {
        this.id = id;
        this.uuid = uuid;
        this.code = code;
        this.insuree = insuree;
        this.facility = facility;
        this.dateFrom = dateFrom;
        this.dateTo = dateTo;
        this.dateClaimed = dateClaimed;
        this.lines = lines;
        this.validityFrom = validityFrom;
        this.claimed = lines.stream().map(ClaimLine::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    public String uuid() {
        return uuid;
    }

    public String code() {
        return code;
    }

    public Insuree insuree() {
        return insuree;
    }

    public Facility facility() {
        return facility;
    }

    public LocalDate dateFrom() {
        return dateFrom;
    }

    public LocalDate dateTo() {
        return dateTo;
    }

    public int status() {
        return status;
    }

    public int feedbackStatus() {
        return feedbackStatus;
    }

    public int reviewStatus() {
        return reviewStatus;
    }

    public LocalDateTime validityTo() {
        return validityTo;
    }

    public Feedback feedback() {
        return feedback;
    }

    boolean live() {
        return validityTo == null;
    }

    BigDecimal passedAmount() {
        return lines.stream()
                .filter(line -> line.status == 1)
                .map(ClaimLine::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
