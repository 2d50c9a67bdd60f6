package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.claimloop.settings.StartRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetentionTest extends LedgerTest {
    private static final String ANSWERS = "{\"answers\": {\"careRendered\": \"yes\"}}";

    private Retention retention;

    @BeforeEach
    void noLoops() {
        ledger.empty();
        retention = retention(ledger.seal);
    }

    private Retention retention(Seal seal) {
        return new JdbcRetention(ledger.jdbc, ledger.transaction, seal, Duration.ofDays(7));
    }

    /** A loop of which a notice and a submission with answers are kept. */
    private UUID answered(State then) {
        UUID claim = ledger.at(State.TASKED);
        String report = "report of " + claim;
        ledger.submission(report, claim, "{\"report\": \"planted words\"}");
        Due due = ledger.leaseOne(Step.SUBMISSION);
        ledger.complete(
                due,
                Outcome.moved(State.ANSWERED, "submission")
                        .learned(Facts.ofSubmission(due.submission().id()))
                        .submission(SubmissionState.TAKEN, ANSWERS));
        if (then == State.PARKED) {
            ledger.move(claim, Outcome.parked(Reason.UNEXPECTED, null));
        } else if (then == State.WITHDRAWN) {
            ledger.move(claim, Outcome.withdrawn(Reason.CLAIM_REJECTED));
        } else if (then != State.ANSWERED) {
            ledger.move(claim, Outcome.moved(State.DELIVERED, "deliver"));
            if (then != State.DELIVERED) {
                ledger.move(claim, Outcome.moved(then, "value"));
            }
        }
        return claim;
    }

    private void daysPass(int days) {
        ledger.jdbc.update("update loop set changed_at = changed_at - make_interval(days => ?)", days);
        ledger.jdbc.update("update message set last_at = last_at - make_interval(days => ?)", days);
        ledger.jdbc.update("update submission set received_at = received_at - make_interval(days => ?)", days);
    }

    private List<String> bodies() {
        return ledger.jdbc.queryForList(
                "select encode(body, 'escape') from message where body is not null", String.class);
    }

    @Test
    void what_lies_in_the_database_tells_nothing_of_what_was_sent() {
        UUID claim = answered(State.ANSWERED);

        assertThat(bodies()).hasSize(2).noneMatch(body -> body.contains("planted") || body.contains("notice"));
        assertThat(ledger.jdbc.queryForObject("select count(*) from submission where feedback is not null", Long.class))
                .isZero();
        Due due = ledger.leaseOne(Step.DELIVER);
        assertThat(due.loop().uuid()).isEqualTo(claim);
        assertThat(due.submission().feedback()).isEqualTo(ANSWERS);
        assertThat(new String(due.submission().body())).contains("planted words");
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"DELIVERED", "IN_REVIEW", "VALUED", "WITHDRAWN"})
    void payloads_of_a_loop_that_is_done_are_erased_after_their_time_and_states_stay(State state) {
        UUID claim = answered(state);
        List<Loops.Transition> history = ledger.loops.history(claim);
        daysPass(6);
        retention.sweep();
        assertThat(bodies()).hasSize(2);
        assertThat(ledger.loops.erasedAt(claim)).isEmpty();

        daysPass(2);
        retention.sweep();

        assertThat(bodies()).isEmpty();
        assertThat(ledger.loops.erasedAt(claim)).isPresent();
        assertThat(ledger.loop(claim).state()).isEqualTo(state);
        assertThat(ledger.loops.history(claim)).isEqualTo(history);
        assertThat(ledger.loops.submissions(claim)).singleElement().satisfies(submission -> {
            assertThat(submission.state()).isEqualTo(SubmissionState.TAKEN);
            assertThat(submission.feedback()).isNull();
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"PARKED", "ANSWERED"})
    void what_may_still_be_repaired_is_kept(State state) {
        answered(state);
        daysPass(100);
        retention.sweep();
        assertThat(bodies()).hasSize(2);
    }

    @Test
    void what_came_lately_is_kept_though_its_loop_is_long_done() {
        UUID claim = answered(State.DELIVERED);
        daysPass(30);
        retention.sweep();
        assertThat(bodies()).isEmpty();

        ledger.submission("report of " + claim, claim, "an edit");
        retention.sweep();
        assertThat(bodies()).hasSize(1);
        assertThat(ledger.leaseOne(Step.SUBMISSION).submission().body()).isEqualTo(Ledger.bytes("an edit"));
    }

    /** A parked submission whose claim, if it names one, has no loop. */
    private long unclaimed(String report, UUID claim, Reason reason) {
        ledger.submission(report, claim, "planted words of " + report);
        Due due = ledger.leaseOne(Step.SUBMISSION);
        ledger.complete(due, Outcome.parked(reason, null).submission(SubmissionState.PARKED, ANSWERS));
        return due.submission().id();
    }

    @Test
    void a_parked_submission_of_no_loop_is_erased_after_its_time_and_stays_visible() {
        unclaimed("names no claim", null, Reason.CLAIM_NOT_NAMED);
        unclaimed("names an unknown claim", UUID.randomUUID(), Reason.CLAIM_NOT_TASKED);
        List<String> hashes = hashes();
        daysPass(6);
        retention.sweep();
        assertThat(bodies()).hasSize(2);

        daysPass(2);
        retention.sweep();

        assertThat(bodies()).isEmpty();
        assertThat(hashes()).isEqualTo(hashes);
        assertThat(ledger.loops.submissions(SubmissionState.PARKED, 10))
                .hasSize(2)
                .allSatisfy(submission -> {
                    assertThat(submission.feedback()).isNull();
                    assertThat(submission.reason()).isNotNull();
                    assertThat(submission.detail()).contains("erased");
                });
    }

    @Test
    void a_parked_submission_of_a_loop_that_may_be_repaired_and_one_that_is_tried_are_kept() {
        UUID claim = ledger.at(State.TASKED);
        unclaimed("of a loop", claim, Reason.ANSWERS_INVALID);
        unclaimed("tried again", null, Reason.CLAIM_NOT_NAMED);
        assertThat(new JdbcRedrives(ledger.jdbc, ledger.loops)
                        .redrive(new Redrives.Unclaimed(null, Reason.CLAIM_NOT_NAMED, null), "rita", 60)
                        .loops())
                .isEqualTo(1);
        daysPass(100);
        retention.sweep();
        assertThat(bodies()).hasSize(3);
    }

    private List<String> hashes() {
        return ledger.jdbc.queryForList(
                "select encode(content_hash, 'hex') from submission order by report_id", String.class);
    }

    @Test
    void what_was_erased_and_comes_again_is_known() {
        UUID claim = answered(State.DELIVERED);
        daysPass(8);
        retention.sweep();

        ledger.submission("report of " + claim, claim, "{\"report\": \"planted words\"}");
        ledger.inbox.record(List.of(Ledger.notice(claim)));

        assertThat(ledger.count("submission")).isEqualTo(1);
        assertThat(ledger.count("message")).isEqualTo(2);
        assertThat(ledger.lease(Step.SUBMISSION)).isEmpty();
        assertThat(ledger.loops.told(List.of(Ledger.notice(claim)))).containsExactly(claim);
    }

    @Test
    void what_was_stored_before_there_was_a_key_is_read_and_sealed() {
        answered(State.ANSWERED);
        ledger.jdbc.update("update message set body = 'plain words', key_id = null");
        ledger.jdbc.update("update submission set feedback = ?::jsonb, feedback_sealed = null, key_id = null", ANSWERS);
        Due plain = ledger.leaseOne(Step.DELIVER);
        assertThat(plain.submission().body()).isEqualTo(Ledger.bytes("plain words"));
        assertThat(plain.submission().feedback()).isEqualTo(ANSWERS);

        retention.sweep();

        assertThat(bodies()).hasSize(2).noneMatch(body -> body.contains("plain"));
        ledger.leasesRunOut();
        Due sealed = ledger.leaseOne(Step.DELIVER);
        assertThat(sealed.submission().body()).isEqualTo(Ledger.bytes("plain words"));
        assertThat(sealed.submission().feedback()).isEqualTo(ANSWERS);
    }

    @Test
    void another_key_writes_and_the_former_one_still_reads_until_all_is_sealed_anew() {
        byte[] fresh = new byte[32];
        fresh[0] = 1;
        UUID claim = answered(State.ANSWERED);
        Seal both = new Seal(fresh, new byte[32]);
        Seal alone = new Seal(fresh, null);
        Loops withBoth = new JdbcLoops(ledger.jdbc, ledger.moves, ledger.proofs, both);
        Loops withNew = new JdbcLoops(ledger.jdbc, ledger.moves, ledger.proofs, alone);
        assertThat(withBoth.submissions(claim).get(0).feedback()).isEqualTo(ANSWERS);
        assertThat(withNew.submissions(claim).get(0).feedback())
                .as("does not open, and holds nobody up")
                .isNull();

        retention(both).sweep();

        assertThat(withNew.submissions(claim).get(0).feedback()).isEqualTo(ANSWERS);
        assertThat(ledger.jdbc.queryForList("select distinct key_id from message", String.class))
                .containsExactly(alone.keyId());
    }

    @Test
    void a_payload_that_does_not_open_holds_up_neither_its_step_nor_what_is_to_be_erased() {
        UUID broken = answered(State.ANSWERED);
        UUID whole = answered(State.ANSWERED);
        UUID over = answered(State.DELIVERED);
        daysPass(8);
        ledger.jdbc.update(
                "update submission set feedback_sealed = '\\\\x00'::bytea || feedback_sealed where loop_uuid = ?",
                broken);
        ledger.jdbc.update("update message set key_id = 'of another key' where subject = ?", "report of " + broken);

        List<Due> leased = ledger.dueWork.lease(Step.DELIVER, 10, Ledger.LEASE);

        assertThat(leased).extracting(due -> due.loop().uuid()).contains(broken, whole);
        assertThat(leased)
                .filteredOn(due -> due.loop().uuid().equals(broken))
                .singleElement()
                .satisfies(due -> {
                    assertThat(due.submission().feedback()).isNull();
                    assertThat(due.submission().body()).isNull();
                });
        byte[] fresh = new byte[32];
        fresh[0] = 1;
        retention(new Seal(fresh, new byte[32])).sweep();
        assertThat(ledger.loops.erasedAt(over)).isPresent();
        assertThat(new JdbcLoops(ledger.jdbc, ledger.moves, ledger.proofs, new Seal(fresh, null))
                        .submissions(whole)
                        .get(0)
                        .feedback())
                .isEqualTo(ANSWERS);
    }

    @Test
    void a_reason_of_a_later_version_is_unexpected_here() {
        assertThat(Rows.reason("SOMETHING_NEW")).isEqualTo(Reason.UNEXPECTED);
    }

    @Test
    void a_payload_that_was_changed_or_moved_does_not_open() {
        Seal seal = ledger.seal;
        byte[] sealed = seal.seal(Ledger.bytes("words"), "here");
        assertThat(seal.open(sealed, seal.keyId(), "here")).isEqualTo(Ledger.bytes("words"));
        assertThatThrownBy(() -> seal.open(sealed, seal.keyId(), "there")).isInstanceOf(IllegalStateException.class);
        sealed[sealed.length - 1] ^= 1;
        assertThatThrownBy(() -> seal.open(sealed, seal.keyId(), "here")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_key_of_the_hashes_lies_sealed_and_survives_a_change_of_keys() {
        try (Ledger other = new Ledger()) {
            byte[] plain = other.jdbc.queryForObject("select proof_key from installation", byte[].class);
            byte[] fresh = new byte[32];
            fresh[0] = 1;

            assertThat(new ProofKey(other.jdbc, other.seal).read()).isEqualTo(plain);
            assertThat(other.jdbc.queryForObject("select proof_key from installation", byte[].class))
                    .isNull();
            assertThat(new ProofKey(other.jdbc, new Seal(fresh, new byte[32])).read())
                    .isEqualTo(plain);
            assertThat(new ProofKey(other.jdbc, new Seal(fresh, null)).read()).isEqualTo(plain);
            assertThatThrownBy(() -> new ProofKey(other.jdbc, other.seal).read())
                    .isInstanceOf(StartRefusedException.class);
        }
    }
}
