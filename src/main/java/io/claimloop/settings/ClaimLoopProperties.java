package io.claimloop.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The names an operator configures; the README's table describes each. {@link StartCheck} has looked at the values
 * before this is bound, so that a mistake ends the start with one sentence and never with a printed secret.
 *
 * @param home where the embedded database and its lock live
 * @param routes the folder of the YAML routes
 * @param mappings the folder of the mappings
 * @param reload whether changed routes and mappings are taken up while everything runs
 * @param publicUrl how openIMIS and CHT reach this application; null when not told
 */
@ConfigurationProperties("claimloop")
public record ClaimLoopProperties(
        @DefaultValue("./data") Path home,
        @DefaultValue("./routes") Path routes,
        @DefaultValue("./mappings") Path mappings,
        @DefaultValue("false") boolean reload,
        URI publicUrl,
        OpenImis openimis,
        Cht cht,
        Intake intake,
        Operator operator,
        @DefaultValue Selection selection,
        @DefaultValue Reconciliation reconciliation,
        @DefaultValue Feedback feedback,
        @DefaultValue Valuation valuation,
        @DefaultValue Subscription subscription,
        @DefaultValue Retention retention,
        @DefaultValue Metrics metrics,
        @DefaultValue Steps steps,
        @DefaultValue Instances instances,
        @DefaultValue Kafka kafka) {

    /**
     * Several instances on one database.
     *
     * @param beat how often an instance tells the others that it is there, and the leader renews its lease
     * @param lease after so long without a beat an instance counts as gone, and another may lead
     */
    public record Instances(
            @DefaultValue("3s") Duration beat,
            @DefaultValue("15s") Duration lease) {}

    /**
     * @param url base address without {@code /api}
     * @param webUrl where an officer opens openIMIS in a browser; {@code url} when not told
     * @param zone openIMIS stores naive local times: this is the zone they are in
     * @param requestsPerMinute all our requests, FHIR and GraphQL together; openIMIS answers 429 over 150
     * @param claimsPerRequest how many claims one GraphQL request reads by aliases
     * @param ordersPerRequest how many mutations one GraphQL request carries: openIMIS does them one after the other
     */
    public record OpenImis(
            URI url,
            URI webUrl,
            String username,
            Secret password,
            @DefaultValue("UTC") ZoneId zone,
            @DefaultValue("150") int requestsPerMinute,
            @DefaultValue("60") int claimsPerRequest,
            @DefaultValue("30") int ordersPerRequest,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("10s") Duration readTimeout) {
        public URI webUrl() {
            return webUrl == null ? url : webUrl;
        }
    }

    /**
     * @param insuranceNumberField the top-level field of a person that holds the insurance number
     * @param personType the contact type searched
     * @param chwRole the role of the users who can get a task
     * @param feedbackForm the form of the CHW's reports
     * @param shownLines codes of items and services that may be shown to the CHW; none by default
     * @param taskWindow how long a task may be answered before the loop expires
     * @param writesPerSecond sentinel works through about 12 documents a second, in one queue with the CHWs' answers
     */
    public record Cht(
            URI url,
            String username,
            Secret password,
            @DefaultValue("insurance_number") String insuranceNumberField,
            @DefaultValue("person") String personType,
            @DefaultValue("chw") String chwRole,
            @DefaultValue("claim_feedback") String feedbackForm,
            @DefaultValue List<String> shownLines,
            @DefaultValue("28d") Duration taskWindow,
            @DefaultValue("8") int writesPerSecond,
            @DefaultValue Backlog backlog,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("10s") Duration readTimeout) {}

    /**
     * Documents that wait for CHT's sentinel. The defaults are five and twenty seconds of its work.
     *
     * @param look milliseconds between looks
     * @param slow from here on fewer claim records are written
     * @param stop from here on none
     */
    public record Backlog(
            @DefaultValue("5000") int look,
            @DefaultValue("60") int slow,
            @DefaultValue("240") int stop) {}

    /**
     * @param openimisToken what openIMIS shows us, as bearer or as the password of Basic
     * @param chtToken what CHT shows us, as the password of Basic or as the whole Authorization value
     * @param maxBody bytes; a larger body is refused with 413
     * @param maxWaiting requests that may wait at once for the disk; the next one gets 503
     */
    public record Intake(
            Secret openimisToken,
            Secret chtToken,
            @DefaultValue("2097152") int maxBody,
            @DefaultValue("512") int maxWaiting) {}

    /** The first operator's login. */
    public record Operator(String username, Secret password) {}

    /**
     * @param from claims made before this day are never taken up; null: the day of the first start
     * @param maxVisitAge a visit that ended longer ago is not asked about
     * @param perDay how many claims are selected a day, in openIMIS's zone; null: no limit
     * @param perChwPerWeek how many tasks a CHW gets a week, Monday to Sunday; null: no limit
     */
    public record Selection(
            @DefaultValue("selected") Policy policy,
            LocalDate from,
            @DefaultValue("90d") Duration maxVisitAge,
            Integer perDay,
            Integer perChwPerWeek,
            @DefaultValue Exclude exclude) {}

    /**
     * Sensitive care: nothing of such a claim leaves ClaimLoop.
     *
     * @param diagnoses beginnings of ICD codes, looked for in all five diagnoses of a claim
     * @param services codes
     * @param items codes
     * @param facilities codes
     * @param ages of the patient at the visit
     */
    public record Exclude(
            @DefaultValue List<String> diagnoses,
            @DefaultValue List<String> services,
            @DefaultValue List<String> items,
            @DefaultValue List<String> facilities,
            @DefaultValue List<AgeRange> ages) {}

    /**
     * What openIMIS does not tell is looked for.
     *
     * @param every how long after a sweep the next one begins
     * @param window how many days back claims are listed, by the day they were made
     * @param grace how old a claim must be before it counts as one that was not told: its notice may be on the way
     */
    public record Reconciliation(
            @DefaultValue("5m") Duration every,
            @DefaultValue("30") int window,
            @DefaultValue("1m") Duration grace) {}

    /**
     * How answers get onto the claim.
     *
     * @param attachment whether remarks and discrepancies are attached to the claim as a file: openIMIS 24.04 does not
     *     survive it
     */
    public record Feedback(
            @DefaultValue("graphql") Delivery delivery,
            @DefaultValue("false") boolean attachment,
            @DefaultValue("show") Corrections corrections) {}

    /** What becomes of a report that the CHW edits after its answers were delivered: an officer sees it, or it is delivered. */
    public enum Corrections {
        SHOW,
        DELIVER
    }

    /** By {@code deliverClaimFeedback}, many in one request, or by a FHIR {@code Communication} each. */
    public enum Delivery {
        GRAPHQL,
        FHIR
    }

    /**
     * What becomes of a claim whose question is answered. Off: only looked at.
     *
     * @param username a login of its own: who delivers feedback must not move money
     * @param unanswered what becomes of a claim that nobody answered for
     * @param watch how often a claim that others value is looked at
     */
    public record Valuation(
            @DefaultValue("false") boolean enabled,
            String username,
            Secret password,
            @DefaultValue("wait") Unanswered unanswered,
            @DefaultValue("6h") Duration watch,
            @DefaultValue MonthRun monthRun) {}

    /**
     * The batch run of the month before, by schedule. One run uses up the month: so it is off unless switched on.
     *
     * @param location openIMIS's code of a region or district; empty for national
     */
    public record MonthRun(
            @DefaultValue("false") boolean scheduled,
            @DefaultValue("") String location) {}

    /** Leave it to openIMIS and take late answers; or bypass the feedback, then process the claim or have it reviewed. */
    public enum Unanswered {
        WAIT,
        PROCESS,
        REVIEW
    }

    /**
     * Our Subscription in openIMIS, kept where {@code publicUrl} is told.
     *
     * @param enabled false where it is kept by hand
     * @param every how often it is looked after
     * @param days how long a new one lasts; it is renewed a third of that ahead, 30 days at most
     */
    public record Subscription(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1h") Duration every,
            @DefaultValue("90") int days) {}

    /**
     * Payloads: what partners sent, and the answers in it.
     *
     * @param key seals them; 32 bytes in hex or base64
     * @param oldKey a key that was used before, until everything is sealed anew; null where there is none
     * @param payload how long they are kept after their loop is done
     * @param every milliseconds between sweeps
     */
    public record Retention(
            Secret key,
            Secret oldKey,
            @DefaultValue("7d") Duration payload,
            @DefaultValue("60000") int every) {}

    /** The login of the program that collects metrics: it sees nothing else. Null: only the operator sees them. */
    public record Metrics(String username, Secret password) {}

    /** Which claims are followed up: any, the submitted ones, or those an officer selected for feedback. */
    public enum Policy {
        ANY,
        SUBMITTED,
        SELECTED
    }

    /**
     * @param lease how long a worker may hold due work before another may take it
     * @param batchInterval how long apart batches of one step begin, unless the last one was full
     * @param retry the first pause after a failed attempt; it doubles up to {@code retryLimit}
     * @param maxAttempts after so many failed attempts a loop is parked
     * @param lookAgain when a loop that waits for something is looked at again
     * @param watch how often the claim of an open task is read again
     * @param recordLookAgain when a written claim record is looked at again, after sentinel's revision
     * @param redrivesPerMinute how many loops of one order to redrive come due in a minute
     */
    public record Steps(
            @DefaultValue("60s") Duration lease,
            @DefaultValue("60") int batch,
            @DefaultValue("100ms") Duration batchInterval,
            @DefaultValue("8") int threads,
            @DefaultValue("5s") Duration retry,
            @DefaultValue("1h") Duration retryLimit,
            @DefaultValue("12") int maxAttempts,
            @DefaultValue("1h") Duration lookAgain,
            @DefaultValue("5s") Duration recordLookAgain,
            @DefaultValue("6h") Duration watch,
            @DefaultValue("60") int redrivesPerMinute) {}

    /**
     * Events in and out, with the profile {@code kafka}. Where the brokers are, and how they are spoken to, is told by
     * {@code camel.component.kafka.*}.
     *
     * @param createTopics whether topics that are missing are made
     * @param partitions of a topic that is made
     * @param replication of a topic that is made; null: as the brokers have it
     * @param look milliseconds between looks at the brokers
     */
    public record Kafka(
            @DefaultValue KafkaClaims claims,
            @DefaultValue KafkaEvents events,
            @DefaultValue("true") boolean createTopics,
            @DefaultValue("6") int partitions,
            Short replication,
            @DefaultValue("5000") int look) {}

    /**
     * Claim events in.
     *
     * @param group the consumer group whose offsets are committed; all instances share it
     */
    public record KafkaClaims(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("openimis.claims") String topic,
            @DefaultValue("claimloop") String group) {}

    /**
     * Loop events out.
     *
     * @param source who speaks: the attribute {@code source} of each CloudEvent
     * @param poll milliseconds between looks for what is new in the history
     */
    public record KafkaEvents(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("claimloop.loops") String topic,
            @DefaultValue("/claimloop") String source,
            @DefaultValue("1000") int poll) {}
}
