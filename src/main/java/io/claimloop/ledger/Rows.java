package io.claimloop.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;

/** Rows as records. */
final class Rows {
    static final String LOOP =
            "uuid, spelling, code, state, parked_from, reason, detail, version, insuree, patient, chw,"
                    + " record_id, record_rev, submission, claim_hash, eligibility, task_until, created_at, changed_at";
    static final String SUBMISSION =
            "s.id, s.report_id, s.loop_uuid, s.state, s.reason, s.detail, s.feedback, s.feedback_sealed,"
                    + " s.key_id as feedback_key, s.received_at";
    static final String BODY = "m.body, m.key_id as body_key";

    /** All of it, by the two indexes that have one part each; the loop is told twice. */
    static final String WORK_OF_LOOP =
            "(loop_uuid = ? and submission_id is null or loop_uuid = ? and submission_id is not null)";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Rows() {}

    static Loop loop(ResultSet row, int number) throws SQLException {
        return new Loop(
                row.getObject("uuid", UUID.class),
                row.getString("spelling"),
                row.getString("code"),
                State.valueOf(row.getString("state")),
                state(row.getString("parked_from")),
                reason(row.getString("reason")),
                row.getString("detail"),
                row.getInt("version"),
                row.getString("insuree"),
                row.getString("patient"),
                row.getString("chw"),
                row.getObject("record_id", UUID.class),
                row.getString("record_rev"),
                row.getObject("submission", Long.class),
                row.getString("claim_hash"),
                eligibility(row.getString("eligibility")),
                instant(row, "task_until"),
                instant(row, "created_at"),
                instant(row, "changed_at"));
    }

    /** Without the body: what a list shows. */
    static RowMapper<Submission> submission(Seal seal) {
        return (row, number) -> submission(row, seal, null);
    }

    static RowMapper<Submission> submissionWithBody(Seal seal) {
        return (row, number) -> submission(row, seal, body(row, seal));
    }

    /** Null when it was erased, or does not open. */
    static byte[] body(ResultSet row, Seal seal) throws SQLException {
        String report = row.getString("report_id");
        return seal.openOrNull(
                row.getBytes("body"), row.getString("body_key"), Seal.ofMessage("SUBMISSION", report), whose(row));
    }

    private static String whose(ResultSet row) throws SQLException {
        String claim = row.getString("loop_uuid");
        return "report " + row.getString("report_id")
                + (claim == null ? ", which names no claim," : " on claim " + claim);
    }

    private static String feedback(ResultSet row, Seal seal) throws SQLException {
        byte[] sealed = row.getBytes("feedback_sealed");
        if (sealed == null) {
            return row.getString("feedback");
        }
        String report = row.getString("report_id");
        byte[] plain = seal.openOrNull(sealed, row.getString("feedback_key"), Seal.ofFeedback(report), whose(row));
        return plain == null ? null : new String(plain, StandardCharsets.UTF_8);
    }

    private static Submission submission(ResultSet row, Seal seal, byte[] body) throws SQLException {
        return new Submission(
                row.getLong("id"),
                row.getString("report_id"),
                row.getObject("loop_uuid", UUID.class),
                SubmissionState.valueOf(row.getString("state")),
                reason(row.getString("reason")),
                row.getString("detail"),
                body,
                feedback(row, seal),
                instant(row, "received_at"));
    }

    private static Eligibility eligibility(String json) {
        try {
            return json == null ? null : JSON.readValue(json, Eligibility.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String json(Eligibility eligibility) {
        try {
            return eligibility == null ? null : JSON.writeValueAsString(eligibility);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static State state(String name) {
        return name == null ? null : State.valueOf(name);
    }

    /** One that a later version gave is unknown to this one; its detail still tells. */
    static Reason reason(String name) {
        if (name == null) {
            return null;
        }
        try {
            return Reason.valueOf(name);
        } catch (IllegalArgumentException e) {
            return Reason.UNEXPECTED;
        }
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp == null ? null : timestamp.toInstant();
    }
}
