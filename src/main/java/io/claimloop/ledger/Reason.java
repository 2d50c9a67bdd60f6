package io.claimloop.ledger;

import java.util.List;

/** Why a loop or a submission waits, is parked or ended: what happened, and what a person can do about it. */
public enum Reason {
    ENTERED("The claim is entered, not yet submitted.", "Nothing: it is looked at again."),
    FEEDBACK_NOT_REQUESTED(
            "No feedback is requested on this claim in openIMIS.",
            "Select the claim for feedback in openIMIS; it is then taken up."),
    BEFORE_THE_START(
            "The claim is older than claimloop.selection.from: it is never taken up.",
            "Nothing; set claimloop.selection.from earlier if it should be."),
    ALREADY_VALUED("The claim was valued before it could be followed up.", "Nothing."),
    VISIT_TOO_OLD(
            "The visit is longer ago than claimloop.selection.max-visit-age.",
            "Nothing; set claimloop.selection.max-visit-age higher if such visits should be asked about."),
    EXCLUDED(
            "The claim is excluded by claimloop.selection.exclude: nothing of it leaves ClaimLoop.",
            "Nothing; change claimloop.selection.exclude if such claims should be asked about."),
    EXCLUSION_UNREADABLE(
            "openIMIS does not show the diagnoses that claimloop.selection.exclude.diagnoses needs, so nothing of the claim leaves ClaimLoop.",
            "Ask whether this release of openIMIS shows a claim's further diagnoses by GraphQL; where it does not, leave the setting out, then retry."),
    DAY_FULL(
            "As many claims were selected that day as claimloop.selection.per-day allows.",
            "Select the claim for feedback in openIMIS: it then waits for a day with room. Or retry on another day."),
    WAITS_FOR_A_DAY(
            "An officer selected the claim, but as many were selected today as claimloop.selection.per-day allows.",
            "Nothing: it is looked at again when the next day begins."),
    CHW_WEEK_FULL(
            "The CHW has as many tasks this week as claimloop.selection.per-chw-per-week allows.",
            "Nothing: it is looked at again when the next week begins."),
    SAME_VISIT(
            "The same visit (insuree, facility, dates) is asked about under another claim.",
            "See the other claim; its answers hold for this visit. Looked at again each day, should the other one end."),
    INVALID_ENTRY("The claim breaks an entry rule of openIMIS.", "See the findings; correct the claim in openIMIS."),
    CLAIM_NOT_FOUND(
            "openIMIS does not show this claim to ClaimLoop's account.",
            "Check that the account's districts and rights include the claim, then retry; or withdraw a forged notice."),
    CLAIM_UNKNOWN_STATUS(
            "openIMIS gave the claim a status that this version does not know.",
            "Check the release of openIMIS, then retry."),
    CLAIM_DELETED("The claim was deleted in openIMIS.", "Nothing."),
    CLAIM_REJECTED("The claim was rejected in openIMIS.", "Nothing."),
    FEEDBACK_BYPASSED("Feedback on the claim was bypassed in openIMIS.", "Nothing."),
    ANSWERED_BY_SOMEBODY_ELSE("Feedback was entered in openIMIS by somebody else.", "Nothing."),
    INSUREE_UNKNOWN(
            "The claim's insuree has no usable insurance number.", "Correct the insuree in openIMIS, then retry."),
    PATIENT_NOT_IN_CHT(
            "No person in CHT has this insurance number.",
            "Put the number on the person in CHT; it is looked up again by itself."),
    SEVERAL_PATIENTS(
            "Several persons in CHT have this insurance number.",
            "Leave the number on the right person in CHT, then retry."),
    PATIENT_DISAGREES(
            "The person with this insurance number in CHT does not agree in name, sex or birth with the insuree.",
            "Compare both and correct the wrong one, then retry."),
    WRONG_PERSON(
            "The CHW says that the task named the wrong person.",
            "Correct the insurance number in CHT or the insuree in openIMIS, then retry."),
    PATIENT_DECEASED(
            "CHT records the patient as deceased: no task was made.",
            "Compare the date of death with the visit; review the claim in openIMIS."),
    PATIENT_MUTED("The patient is muted in CHT: no task was made.", "Unmute the patient in CHT, then retry."),
    NO_CHW(
            "No active CHW holds the patient's place in CHT.",
            "Give the place a user with the CHW role (claimloop.cht.chw-role), then retry."),
    RECORD_DIFFERS(
            "CHT holds another document under the id of this claim record.",
            "Compare the document in CHT with the claim, delete it if it is wrong, then retry."),
    RECORD_REFUSED(
            "CHT found an error in the claim record, so that no task appears.",
            "See the error's code; correct the patient or the configuration in CHT, then retry: the record is written anew."),
    SENTINEL_BEHIND("CHT's sentinel has not handled the record yet.", "Nothing: it is looked at again."),
    NOBODY_REACHED("The CHW could not ask the patient.", "Nothing: no feedback is delivered."),
    WINDOW_OVER("Nobody answered within the window.", "Nothing: a late answer is still taken."),
    ANSWERS_INVALID(
            "The submission's answers cannot be taken as they are.",
            "See field and rule; let the CHW correct the report in CHT: it is pushed again."),
    ANSWER_MISSING(
            "openIMIS takes five answers, and not all were given; ClaimLoop invents none.",
            "Let the CHW complete the report in CHT, or enter the feedback in openIMIS."),
    ANOTHER_PATIENT(
            "The submission is about another person than the claim.",
            "Let the CHW file the report under the right patient in CHT."),
    OTHER_FEEDBACK_EXISTS(
            "openIMIS already holds feedback on this claim, with other content.",
            "Compare both; the officer decides which holds."),
    OPENIMIS_REFUSED(
            "openIMIS would not take the feedback.",
            "Enter the answers in openIMIS by hand; see its log for the cause."),
    BEING_VERIFIED("openIMIS took the feedback; it is read back.", "Nothing: it is read again by itself."),
    VALUED_DESPITE_ANSWERS(
            "The claim was processed in openIMIS before its answers came, and they ask for a review.",
            "Show the answers to the insurer: what was paid may have to be claimed back."),
    ANSWERS_ASK_FOR_REVIEW(
            "The answers ask for a review of the claim (see mappings/tables/review.json).",
            "Review the claim in openIMIS; the answers are on it."),
    REVIEW_IN_OPENIMIS("The claim is selected for review in openIMIS.", "Review the claim in openIMIS."),
    NOT_VALUED(
            "openIMIS did not do what the valuation ordered.",
            "See the log of mutations in openIMIS for the cause, then retry."),
    ORDER_NOT_CARRIED_OUT(
            "openIMIS has had our order for hours and has not carried it out.",
            "Look at openIMIS's workers (Celery), then retry: the order is not sent twice while it waits there."),
    NOT_ATTACHED(
            "The feedback is delivered, but what it has no field for could not be attached to the claim.",
            "See kept in the trace; attach it in openIMIS by hand where it matters."),
    BEING_VALUED(
            "openIMIS was told to process or review the claim; it is read back.",
            "Nothing: it is read again by itself."),
    NOT_JSON("The submission is not a JSON object.", "Check the outbound configuration in CHT."),
    PAYLOAD_ERASED(
            "What the submission said was erased (claimloop.retention.payload), or does not open.",
            "If the log names a key that is not told, set it as claimloop.retention.old-key and retry. Otherwise let the CHW save"
                    + " the report in CHT again, then retry; or enter the answers in openIMIS."),
    CLAIM_NOT_NAMED(
            "The submission names no claim.", "Check the mapping of claim_uuid in CHT's outbound configuration."),
    CLAIM_NOT_TASKED(
            "No task of this claim is known; the submission waits for it.",
            "Check the claim_uuid; if the ledger was restored, the claim will be noticed again."),
    SUBMISSION_SUPERSEDED(
            "An earlier submission counts already; this one is kept.",
            "Compare both; where the later one is right, correct the feedback in openIMIS."),
    CORRECTED(
            "The CHW edited the report after its answers were taken.",
            "Compare the report in CHT with the feedback in openIMIS, and correct it there if the edit should hold."),
    SAME_ANSWERS("The CHW's report came again and says the same.", "Nothing."),
    ALREADY_ENDED(
            "The loop ended before this submission came; it is kept.",
            "Compare it with the claim; enter it in openIMIS by hand if it should count."),
    EVENT_UNREADABLE(
            "The event is neither a claim notice nor a change of openIMIS's claim table.",
            "Look at it in its topic, at the partition and offset told here; correct what writes it and send it again. The sweep finds the claim meanwhile."),
    EVENT_TOO_LARGE(
            "The event is larger than claimloop.intake.max-body.",
            "Send a smaller one: the claim's UUID is enough. The sweep finds the claim meanwhile."),
    NO_ACCESS("The partner refuses ClaimLoop's account this call.", "Give the account the right, then retry."),
    PARTNER_AWAY("The partner does not answer.", "Nothing: it is tried again."),
    PARTNER_BUSY("The partner's limit is reached, or ClaimLoop waits to spare it.", "Nothing: it is tried again."),
    LOGIN_REFUSED(
            "The partner refuses ClaimLoop's login.",
            "Correct user name and password; ClaimLoop tries again sparingly, so that the account is not locked."),
    UNEXPECTED("Something unexpected happened.", "See the detail and the log, then retry.");

    private final String whatHappened;
    private final String whatToDo;

    Reason(String whatHappened, String whatToDo) {
        this.whatHappened = whatHappened;
        this.whatToDo = whatToDo;
    }

    public String whatHappened() {
        return whatHappened;
    }

    public String whatToDo() {
        return whatToDo;
    }

    /** What a person may order for a loop in this state: the calls of {@code POST /api/loops/{uuid}/…}. */
    public static List<String> actions(State state) {
        return switch (state) {
            case PARKED -> List.of("retry", "withdraw");
            case NEEDS_IDENTITY -> List.of("retry", "withdraw");
            case VALUED, WITHDRAWN, NOTICED -> List.of();
            default -> List.of("retry");
        };
    }
}
