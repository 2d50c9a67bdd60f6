package io.claimloop.cht;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Facts;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.State;
import io.claimloop.ledger.Step;
import io.claimloop.ledger.StepEnds;
import io.claimloop.openimis.Claim;
import io.claimloop.openimis.ClaimReader;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.rules.RuleChecks;
import io.claimloop.rules.SelectionLimits;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Finds patient and CHW in CHT and decides on the claim record. Never invents a person: who is not found, or not surely
 * the insuree, is a matter for people.
 */
@Component("taskDispatch")
public class TaskDispatch {
    private static final String DISPATCH = "dispatch";
    private static final String NOBODY = "";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChtNames names;
    private final List<String> shownLines;
    private final Duration window;
    private final Duration lookAgain;
    private final Duration watch;
    private final Loops loops;
    private final SelectionLimits limits;
    /** Place to the CHW who holds it; users seldom change, patients of one place come together. */
    private final Cache<String, String> holders = Caffeine.newBuilder()
            .maximumSize(50_000)
            .expireAfterWrite(Duration.ofMinutes(5))
            .build();

    public TaskDispatch(Loops loops, SelectionLimits limits, ClaimLoopProperties properties) {
        this.loops = loops;
        this.limits = limits;
        ClaimLoopProperties.Cht cht = properties.cht();
        this.names = new ChtNames(cht.insuranceNumberField(), cht.personType(), cht.chwRole());
        this.shownLines = cht.shownLines();
        this.window = cht.taskWindow();
        this.lookAgain = properties.steps().lookAgain();
        this.watch = properties.steps().watch();
    }

    /** The claim was read again: what openIMIS ended since the check gets no task. */
    public Dispatch begin(Due due) {
        boolean changed = due.step() == Step.WATCH;
        if (!changed && !due.loop().state().next().contains(State.TASKED)) {
            throw new StepEnds(Outcome.done());
        }
        if (due.claimError() != null) {
            throw new StepEnds(Outcome.failed(
                    ClaimReader.ABSENT.equals(due.claimError()) ? Reason.CLAIM_NOT_FOUND : Reason.UNEXPECTED, null));
        }
        Claim claim = Claim.of(due.claim());
        claim.strange().ifPresent(strange -> {
            throw new StepEnds(Outcome.failed(Reason.CLAIM_UNKNOWN_STATUS, strange));
        });
        RuleChecks.ended(claim).ifPresent(outcome -> {
            throw new StepEnds(outcome.proof(due.claim().toString()));
        });
        if (!changed) {
            limits.bars(claim).ifPresent(reason -> {
                // what is not shown withdraws nothing
                throw new StepEnds((reason == Reason.EXCLUSION_UNREADABLE
                                ? Outcome.failed(reason, null)
                                : Outcome.withdrawn(reason))
                        .proof(due.claim().toString()));
            });
        }
        String number = claim.insuree() == null ? null : claim.insuree().insuranceNumber();
        if (number == null || number.indexOf('"') >= 0 || number.length() > 100) {
            throw new StepEnds(Outcome.parked(Reason.INSUREE_UNKNOWN, null));
        }
        return new Dispatch(due, claim, names);
    }

    public Dispatch found(Dispatch dispatch, PartnerAnswer answer) {
        JsonNode hits = expect(answer).json().path("data");
        if (!hits.isArray()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no list of contacts");
        }
        if (hits.isEmpty()) {
            throw new StepEnds(Outcome.moved(State.NEEDS_IDENTITY, DISPATCH)
                    .because(Reason.PATIENT_NOT_IN_CHT, null)
                    .again(lookAgain)
                    .proof(answer.text()));
        }
        if (hits.size() > 1) {
            throw needsIdentity(Reason.SEVERAL_PATIENTS, answer);
        }
        dispatch.patient(hits.get(0).asText());
        return dispatch;
    }

    public Dispatch match(Dispatch dispatch, PartnerAnswer answer) {
        JsonNode person = expect(answer).json();
        if (!Identity.agrees(dispatch.claim().insuree(), person)) {
            throw needsIdentity(Reason.PATIENT_DISAGREES, answer);
        }
        if (person.hasNonNull("date_of_death")) {
            throw new StepEnds(Outcome.parked(Reason.PATIENT_DECEASED, null).proof(answer.text()));
        }
        if (muted(person)) {
            throw new StepEnds(Outcome.parked(Reason.PATIENT_MUTED, null).proof(answer.text()));
        }
        dispatch.person(person);
        useKnownHolders(dispatch);
        return dispatch;
    }

    /** A muted place mutes whoever lives there. */
    private static boolean muted(JsonNode contact) {
        for (JsonNode node = contact; node.isObject(); node = node.path("parent")) {
            JsonNode muted = node.path("muted");
            if (!muted.isMissingNode() && !muted.isNull() && !(muted.isBoolean() && !muted.asBoolean())) {
                return true;
            }
        }
        return false;
    }

    /** The nearest place up that an active user with the CHW role holds: that user gets the patient, and so the task. */
    public Dispatch holders(Dispatch dispatch, PartnerAnswer answer) {
        String chw = NOBODY;
        JsonNode users = expect(answer).json();
        if (!users.isArray()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no list of users");
        }
        for (JsonNode user : users) {
            boolean isChw = false;
            for (JsonNode role : user.path("roles")) {
                isChw |= names.chwRole().equals(role.asText());
            }
            if (isChw && !user.path("inactive").asBoolean(false)) {
                chw = user.path("contact").path("_id").asText(user.path("id").asText());
                break;
            }
        }
        holders.put(dispatch.place(), chw);
        useKnownHolders(dispatch);
        return dispatch;
    }

    private void useKnownHolders(Dispatch dispatch) {
        while (dispatch.lookingForChw()) {
            String chw = holders.getIfPresent(dispatch.place());
            if (chw == null) {
                return;
            }
            if (NOBODY.equals(chw)) {
                dispatch.nextPlace();
            } else {
                dispatch.chw(chw);
            }
        }
    }

    /** What CHT holds under the record's id: nothing yet, ours, or something else. */
    public Dispatch known(Dispatch dispatch, PartnerAnswer answer) {
        if (dispatch.chw() == null) {
            // who puts it right and retries must not meet what we remember
            holders.invalidateAll(dispatch.lineage());
            throw new StepEnds(Outcome.parked(Reason.NO_CHW, null));
        }
        if (answer.status() == 404) {
            takeWeek(dispatch);
            return dispatch;
        }
        JsonNode doc = expect(answer).json();
        if (!dispatch.due()
                .loop()
                .uuid()
                .toString()
                .equals(doc.path("fields").path("claim_uuid").asText())) {
            throw new StepEnds(Outcome.parked(Reason.RECORD_DIFFERS, null).proof(answer.text()));
        }
        dispatch.stored(doc);
        if (!"open".equals(doc.path("fields").path("status").asText())) {
            takeWeek(dispatch);
        }
        return dispatch;
    }

    /** Of a task that is open already the CHW gets no second one: it needs no place. */
    private void takeWeek(Dispatch dispatch) {
        if (dispatch.due().step() == Step.DISPATCH
                && !limits.takeWeek(dispatch.chw(), dispatch.due().loop().uuid())) {
            throw new StepEnds(Outcome.later(Reason.CHW_WEEK_FULL, limits.untilNextWeek()));
        }
    }

    /** The mapping's input, as {@code mappings/claim-record.jslt} describes it. */
    public String recordInput(Dispatch dispatch) {
        ObjectNode input = JSON.createObjectNode();
        input.set("claim", withoutDiagnoses(dispatch.claim().node()));
        ObjectNode patient = input.putObject("patient");
        patient.put("_id", dispatch.person().path("_id").asText());
        if (dispatch.person().hasNonNull("patient_id")) {
            patient.put("patient_id", dispatch.person().get("patient_id").asText());
        }
        long reported = reportedDate(dispatch);
        input.putObject("record")
                .put("_id", dispatch.recordId().toString())
                .put("purpose", RecordId.FEEDBACK)
                // CHT counts a task's window from it; written again, it stays what it was
                .put("reported_date", reported)
                .put("answer_by", answerBy(reported))
                .put("status", "open");
        input.putObject("settings").set("shown_lines", JSON.valueToTree(shownLines));
        return input.toString();
    }

    /** They were read to exclude claims by them; no mapping gets to see them. */
    private static JsonNode withoutDiagnoses(JsonNode claim) {
        return ((ObjectNode) claim.deepCopy()).without(Claim.DIAGNOSES);
    }

    /** The last day of the task: the phone shows it as long as the loop waits, and nobody sets the window twice. */
    private String answerBy(long reported) {
        return Instant.ofEpochMilli(reported)
                .plus(window)
                .atZone(ZoneOffset.UTC)
                .toLocalDate()
                .toString();
    }

    private static long reportedDate(Dispatch dispatch) {
        return dispatch.stored() == null
                ? System.currentTimeMillis()
                : dispatch.stored().path("reported_date").asLong(System.currentTimeMillis());
    }

    /** Writes the record; when CHT has it already in another content, over that revision. */
    public PartnerRequest write(Dispatch dispatch, String record) throws JsonProcessingException {
        ObjectNode doc = (ObjectNode) JSON.readTree(record);
        if (dispatch.stored() != null) {
            doc.set("_rev", dispatch.stored().get("_rev"));
        }
        return PartnerRequest.put("/medic/" + dispatch.recordId(), doc.toString());
    }

    /** Whether CHT lacks the record as it should be. */
    public boolean mustWrite(Dispatch dispatch, String record) throws JsonProcessingException {
        return dispatch.stored() == null
                || !dispatch.stored().path("errors").isEmpty()
                || !dispatch.stored()
                        .path("fields")
                        .equals(JSON.readTree(record).path("fields"));
    }

    public void written(PartnerAnswer answer) {
        if (answer.status() == 409) {
            // somebody wrote meanwhile (sentinel does): look again and decide anew
            throw new StepEnds(Outcome.later(Reason.PARTNER_BUSY, Duration.ofSeconds(1)));
        }
        expect(answer);
    }

    /** Read back at once: what counts is what CHT holds. */
    public Outcome tasked(Dispatch dispatch, String record, PartnerAnswer answer) throws JsonProcessingException {
        JsonNode doc = expect(answer).json();
        if (!doc.path("fields").equals(JSON.readTree(record).path("fields"))) {
            return Outcome.failed(Reason.RECORD_DIFFERS, "The record read back is not the one written.");
        }
        Facts facts = Facts.ofTask(
                dispatch.claim().insuree().uuid(),
                dispatch.person().path("_id").asText(),
                dispatch.chw(),
                dispatch.recordId(),
                doc.path("_rev").asText(),
                window,
                loops.keyed(ClaimWatch.content(dispatch.claim())));
        return dispatch.due().step() == Step.WATCH
                ? Outcome.done().learned(facts).again(watch)
                : Outcome.moved(State.TASKED, DISPATCH).learned(facts).proof(answer.text());
    }

    private static StepEnds needsIdentity(Reason reason, PartnerAnswer answer) {
        return new StepEnds(Outcome.moved(State.NEEDS_IDENTITY, DISPATCH)
                .because(reason, null)
                .proof(answer.text()));
    }

    private static PartnerAnswer expect(PartnerAnswer answer) {
        if (!answer.ok()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "not what was asked for");
        }
        return answer;
    }
}
