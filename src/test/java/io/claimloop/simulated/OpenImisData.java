package io.claimloop.simulated;

import io.claimloop.simulated.OpenImisEffect.Kind;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The database: the recordings' demo data and what tests add. Every method that reads more than one row or writes holds
 * the monitor; callers that answer from several rows hold it too. Rows stay in the order in which they were made, which
 * is the order of every list.
 */
final class OpenImisData {
    static final String ADMIN_UUID = "4a3f1a0a-e13c-451a-9511-a4d0fe35d20b";
    static final String ADMIN_CODE = "JHOS0011";
    static final String ADMIN_LAST_NAME = "Johilk";
    static final String FIXED_PRICE_SERVICE = "F1";
    static final String DIAGNOSIS_CODE = "A000";
    static final String DIAGNOSIS_NAME = "Cholera due to Vibrio cholerae 01, biovar cholerae";

    // Naive local times, the server's clock being UTC (USE_TZ off).
    private final Clock clock = Clock.systemUTC();
    private final Map<String, Claim> claims = new LinkedHashMap<>();
    private final Map<String, Feedback> feedbacks = new LinkedHashMap<>();
    private final Map<String, Insuree> insurees = new LinkedHashMap<>();
    /** Insurance number to uuids. */
    private final Map<String, LinkedHashSet<String>> insured = new HashMap<>();

    private final Map<String, Facility> facilities = new LinkedHashMap<>();
    private final Map<String, Location> locations = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<Officer> officers = new ArrayList<>();
    private final List<Article> articles = new ArrayList<>();
    private final List<BatchRun> batchRuns = new ArrayList<>();
    private final List<OpenImisEffect> effects = new ArrayList<>();
    private final Map<String, Integer> effectCounts = new HashMap<>();
    private volatile boolean attachmentsReadable;
    private LocalDateTime lastStamp = LocalDateTime.MIN;
    private int ids = 100;

    OpenImisData() {
        var region = place("75250515-40d7-4c77-bafe-a2c65ffc5a72", "R1", "Region 1", "R", null);
        var district = place("5345ef14-12ab-4e98-a07c-1e08d7105df4", "R1D1", "District 1", "D", region);
        var ward = place("e50da11b-3e50-483c-846b-0991c13c0935", "R1D1M1", "Achi", "W", district);
        var rachla = place("8ed4eb0d-61ae-4022-8b4c-3076a619f957", "R1D1M1V1", "Rachla", "V", ward);
        var agdo = place("eba563de-13cb-4cea-9bdd-ecab9a4344c5", "R1D1M1V3", "Agdo", "V", ward);
        var jambero = place("6ca4b45b-ac17-4ff4-954c-dc1294bc66d1", "R1D2", "Jambero", "D", region);
        add(new Facility("026e088a-fbd5-474e-8d42-069958a34127", "JMHOS001", "Jambero District Hospital", jambero));
        officers.add(new Officer(
                1, "4da8cbbb-8bd6-4e49-b25d-a34a76d4ce99", "E00005", "sri", "+255700000001", List.of(rachla, agdo)));
        articles.add(article(
                1, "71efb78b-64ee-4a68-be29-87daf566eb20", "0001", "ACETYLSALICYLIC ACID (ASPIRIN)  TABS 300MG", 10));
        articles.add(new Article(
                2,
                "66abfdf1-e537-4362-a435-cb15ab14f644",
                "0002",
                "ADRENALINE 1ML INJ 1MG/ML",
                false,
                BigDecimal.valueOf(5),
                false,
                true));
        articles.add(new Article(
                90,
                "488d8bcb-5b88-438c-9077-f177f6f32626",
                "A1",
                "General Consultation",
                true,
                BigDecimal.valueOf(400),
                true,
                true));
        // Not of the recordings: what is paid by the price list needs no batch run.
        articles.add(new Article(
                91,
                "7c3b8a52-0a3d-4f0e-9d59-6c1c2a0b9f11",
                FIXED_PRICE_SERVICE,
                "Consultation at a fixed price",
                true,
                BigDecimal.valueOf(50),
                true,
                false));
        // The recorded policy ends in 2027; here it does not, so that these tests outlive it.
        var running = new Policy(
                "7d41e2c9-5baf-42f3-8471-19adae089f33", LocalDate.of(2025, 10, 18), LocalDate.of(2099, 12, 27));
        var ended =
                new Policy("3bddc83f-ae4a-45ff-a940-d25fb19a7a05", LocalDate.of(2019, 1, 1), LocalDate.of(2020, 1, 1));
        add(new Insuree(
                "0539afeb-21a1-4b3f-9478-23e6f41b0024",
                "070707070",
                "Macintyre",
                "Joseph",
                LocalDate.of(1967, 5, 5),
                "M",
                "+255700000123",
                true,
                "822a8e55-2290-4df6-8882-1d702c2ffc8b",
                rachla,
                null,
                running));
        add(new Insuree(
                "1e94a0cf-75ab-4d1b-a76a-d5cace35835f",
                "111111119",
                "Manth",
                "Roger",
                LocalDate.of(1970, 1, 4),
                "M",
                null,
                true,
                "c8e83c86-5868-479a-8c30-b41d16c77cc3",
                rachla,
                null,
                ended));
    }

    private static Article article(int id, String uuid, String code, String name, int price) {
        return new Article(id, uuid, code, name, false, BigDecimal.valueOf(price), true, true);
    }

    private Location place(String uuid, String code, String name, String type, Location parent) {
        var location = new Location(locations.size() + 1, uuid, code, name, type, parent);
        locations.put(uuid, location);
        return location;
    }

    synchronized void add(Insuree insuree) {
        var before = insurees.put(insuree.uuid(), insuree);
        if (before != null) insured.get(before.chfId()).remove(before.uuid());
        insured.computeIfAbsent(insuree.chfId(), unused -> new LinkedHashSet<>())
                .add(insuree.uuid());
        numbers.putIfAbsent(insuree.uuid(), insurees.size());
    }

    synchronized void add(Facility facility) {
        facilities.put(facility.uuid(), facility);
        numbers.putIfAbsent(facility.uuid(), facilities.size());
    }

    synchronized Location addVillage(String code, String name) {
        return place(UUID.randomUUID().toString(), code, name, "V", location("R1D1M1"));
    }

    synchronized void add(Officer officer) {
        officers.removeIf(known -> known.code().equals(officer.code()));
        officers.add(officer);
    }

    synchronized LocalDateTime now() {
        // Strictly growing, so that no two rows share a validity.
        var now = LocalDateTime.now(clock).truncatedTo(ChronoUnit.MICROS);
        lastStamp = now.isAfter(lastStamp) ? now : lastStamp.plus(1, ChronoUnit.MICROS);
        return lastStamp;
    }

    LocalDate today() {
        return LocalDate.now(clock);
    }

    synchronized int nextId() {
        return ++ids;
    }

    // --- reading; uuids are compared as they are written (recording 425)

    synchronized Claim claim(String uuid) {
        return claims.get(uuid);
    }

    synchronized Claim liveClaim(String uuid) {
        var claim = claims.get(uuid);
        return claim != null && claim.live() ? claim : null;
    }

    synchronized Claim liveClaimByCode(String code) {
        return first(claims.values(), claim -> claim.live() && claim.code.equals(code));
    }

    synchronized List<Claim> liveClaims() {
        return claims.values().stream().filter(Claim::live).toList();
    }

    synchronized Feedback feedback(String uuid) {
        return feedbacks.get(uuid);
    }

    synchronized List<Feedback> feedbacks() {
        return List.copyOf(feedbacks.values());
    }

    synchronized Insuree insuree(String uuidOrChfId) {
        var byUuid = insurees.get(uuidOrChfId);
        return byUuid != null
                ? byUuid
                : insured(uuidOrChfId).stream().findFirst().orElse(null);
    }

    /** All that have this insurance number. */
    synchronized List<Insuree> insured(String chfId) {
        return insured.getOrDefault(chfId, new LinkedHashSet<>()).stream()
                .map(insurees::get)
                .toList();
    }

    synchronized List<Insuree> insurees() {
        return List.copyOf(insurees.values());
    }

    /** As createClaim names it (recording 921). */
    synchronized int number(Insuree insuree) {
        return numbers.get(insuree.uuid());
    }

    synchronized int number(Facility facility) {
        return numbers.get(facility.uuid());
    }

    synchronized Facility facility(String uuidOrCode) {
        var byUuid = facilities.get(uuidOrCode);
        return byUuid != null
                ? byUuid
                : first(facilities.values(), facility -> facility.code().equals(uuidOrCode));
    }

    synchronized List<Facility> facilities() {
        return List.copyOf(facilities.values());
    }

    synchronized Location location(String uuidOrCode) {
        var byUuid = locations.get(uuidOrCode);
        return byUuid != null
                ? byUuid
                : first(locations.values(), location -> location.code().equals(uuidOrCode));
    }

    synchronized List<Location> locations() {
        return List.copyOf(locations.values());
    }

    synchronized Article article(String uuidOrCode, boolean service) {
        return first(
                articles,
                article -> article.service() == service
                        && (article.code().equals(uuidOrCode) || article.uuid().equals(uuidOrCode)));
    }

    synchronized Article article(int id, boolean service) {
        return first(articles, article -> article.service() == service && article.id() == id);
    }

    synchronized List<Officer> officers() {
        return List.copyOf(officers);
    }

    synchronized List<BatchRun> batchRuns() {
        return List.copyOf(batchRuns);
    }

    synchronized List<OpenImisEffect> effects() {
        return List.copyOf(effects);
    }

    synchronized List<OpenImisEffect> effectsAfter(int seen) {
        return List.copyOf(effects.subList(seen, effects.size()));
    }

    synchronized int effects(Kind kind, String claimUuid) {
        return effectCounts.getOrDefault(kind + " " + claimUuid, 0);
    }

    private static <T> T first(Collection<T> rows, Predicate<T> wanted) {
        return rows.stream().filter(wanted).findFirst().orElse(null);
    }

    boolean attachmentsReadable() {
        return attachmentsReadable;
    }

    void attachmentsReadable(boolean readable) {
        attachmentsReadable = readable;
    }

    // --- writing

    synchronized Claim enter(Claim claim) {
        if (claims.putIfAbsent(claim.uuid, claim) != null) throw new IllegalArgumentException("this uuid is taken");
        happened(Kind.CLAIM_CREATED, claim.uuid);
        return claim;
    }

    synchronized List<ClaimLine> demoLines() {
        return List.of(
                new ClaimLine(nextId(), article("0001", false), BigDecimal.valueOf(2), BigDecimal.TEN),
                new ClaimLine(nextId(), article("A1", true), BigDecimal.ONE, BigDecimal.valueOf(400)));
    }

    synchronized List<ClaimLine> linesAtFixedPrices() {
        var service = article(FIXED_PRICE_SERVICE, true);
        return List.of(new ClaimLine(nextId(), service, BigDecimal.ONE, service.price()));
    }

    /** What submitting does: every line is judged, and a claim without a passed line is rejected (404-407, 418, 419). */
    synchronized void submit(Claim claim) {
        for (var line : claim.lines) {
            int reason = reasonAgainst(claim, line);
            if (reason == 0) line.priced = true;
            else line.reject(reason);
        }
        happened(Kind.CLAIM_SUBMITTED, claim.uuid);
        if (claim.lines.stream().noneMatch(line -> line.status == 1)) {
            reject(claim);
        } else {
            claim.status = Claim.CHECKED;
            claim.approved = claim.passedAmount();
        }
    }

    private static int reasonAgainst(Claim claim, ClaimLine line) {
        if (claim.dateClaimed.isBefore(claim.dateFrom)) return 9;
        if (claim.dateTo.isBefore(claim.dateFrom)) return 10;
        if (claim.insuree.policy() == null || !claim.insuree.policy().covers(claim.dateFrom)) return 3;
        return line.article.inPriceList() ? 0 : 2;
    }

    synchronized void reject(Claim claim) {
        claim.status = Claim.REJECTED;
        claim.rejectionReason = 1;
        happened(Kind.CLAIM_REJECTED, claim.uuid);
    }

    /** Soft: the row keeps its states, only validityTo tells (recording 978). */
    synchronized void delete(Claim claim) {
        if (!claim.live()) return;
        claim.validityFrom = now();
        claim.validityTo = claim.validityFrom;
        happened(Kind.CLAIM_DELETED, claim.uuid);
    }

    /** The claim's status is not looked at (recording 950), and a second selection opens a second prompt (947). */
    synchronized void selectForFeedback(Claim claim) {
        claim.feedbackStatus = Claim.SELECTED;
        claim.openPrompts++;
        happened(Kind.FEEDBACK_SELECTED, claim.uuid);
    }

    synchronized void skipFeedback(Claim claim) {
        claim.feedbackStatus = Claim.NOT_SELECTED;
        happened(Kind.FEEDBACK_SKIPPED, claim.uuid);
    }

    synchronized void bypassFeedback(Claim claim) {
        claim.feedbackStatus = Claim.BYPASSED;
        happened(Kind.FEEDBACK_BYPASSED, claim.uuid);
    }

    synchronized void attach(Claim claim, Attachment attachment) {
        claim.attachments.add(attachment);
        happened(Kind.FILE_ATTACHED, claim.uuid);
    }

    synchronized void review(Claim claim, int reviewStatus, Kind kind) {
        claim.reviewStatus = reviewStatus;
        happened(kind, claim.uuid);
    }

    /**
     * To 8, where a batch run makes 16 of it; at once to 16 when no passed line has a relative price (the latter read in
     * the source, not recorded).
     */
    synchronized void process(Claim claim) {
        claim.dateProcessed = today();
        claim.processStamp = now();
        var passed = claim.lines.stream().filter(line -> line.status == 1).toList();
        passed.forEach(line -> line.priceValuated = line.amount());
        happened(Kind.CLAIM_PROCESSED, claim.uuid);
        if (passed.stream().anyMatch(line -> line.article.relativePrice())) {
            claim.status = Claim.PROCESSED;
        } else {
            valuate(claim, null);
        }
    }

    /** Items have a relative price of one half in the demo data: 20.00 becomes 10.00 (recording 968). */
    synchronized void valuate(Claim claim, BatchRun run) {
        claim.status = Claim.VALUATED;
        claim.batchRun = run;
        var sum = BigDecimal.ZERO;
        for (var line : claim.lines) {
            if (line.priceValuated == null) continue;
            if (line.article.relativePrice() && !line.article.service())
                line.priceValuated = line.priceValuated.multiply(new BigDecimal("0.5"));
            sum = sum.add(line.priceValuated);
        }
        claim.remunerated = sum;
        happened(Kind.CLAIM_VALUATED, claim.uuid);
    }

    /** Null when that run was made before. */
    synchronized BatchRun runBatch(Location location, int year, int month) {
        boolean again = batchRuns.stream()
                .anyMatch(run -> run.year() == year && run.month() == month && run.location() == location);
        if (again) return null;
        var run = new BatchRun(nextId(), location, year, month, now());
        batchRuns.add(run);
        happened(Kind.BATCH_RUN, null);
        liveClaims().stream()
                .filter(claim -> claim.status == Claim.PROCESSED)
                .filter(claim -> claim.dateProcessed.getYear() == year && claim.dateProcessed.getMonthValue() == month)
                .forEach(claim -> valuate(claim, run));
        return run;
    }

    /** Makes the feedback the claim's current one, whatever was there. */
    synchronized Feedback store(
            Claim claim,
            Boolean careRendered,
            Boolean paymentAsked,
            Boolean drugPrescribed,
            Boolean drugReceived,
            Integer asessment,
            Integer officerId,
            LocalDateTime feedbackDate,
            Kind kind) {
        if (claim.feedback != null) feedbacks.remove(claim.feedback.uuid());
        var feedback = new Feedback(
                nextId(),
                UUID.randomUUID().toString(),
                claim.uuid,
                careRendered,
                paymentAsked,
                drugPrescribed,
                drugReceived,
                asessment,
                officerId,
                feedbackDate,
                now());
        feedbacks.put(feedback.uuid(), feedback);
        claim.feedback = feedback;
        claim.feedbackStatus = Claim.DELIVERED;
        happened(kind, claim.uuid);
        return feedback;
    }

    private void happened(Kind kind, String claimUuid) {
        effects.add(new OpenImisEffect(Instant.now(), kind, claimUuid));
        effectCounts.merge(kind + " " + claimUuid, 1, Integer::sum);
    }
}
