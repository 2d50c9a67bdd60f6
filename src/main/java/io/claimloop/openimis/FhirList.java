package io.claimloop.openimis;

import io.claimloop.partner.PartnerRequest;
import java.time.Instant;
import java.time.LocalDateTime;

/**
 * How a list of openIMIS's FHIR interface is read: by page numbers, as its links are percent-encoded as a whole, and with a
 * literal that was not used before. openIMIS caches the number of rows for an hour by the text of the SQL, and shows none
 * beyond it (recordings 234, 613 to 615); a page past the end is 404 (611).
 *
 * @param path of the resource, with its slash: {@code /CommunicationRequest/}
 * @param literal the same for all pages of one reading, another for the next
 */
public record FhirList(String path, String literal) {
    /** Nothing in openIMIS was stored before 2010: so whatever the moment, no row is left out. */
    private static final LocalDateTime LONG_AGO = LocalDateTime.of(2000, 1, 1, 0, 0);

    private static final long TEN_YEARS = 10L * 365 * 24 * 60 * 60;

    public static FhirList of(String path, Instant now) {
        // exactly this form, without zone or fraction (recordings 435, 436): toString leaves full minutes out
        LocalDateTime moment = LONG_AGO.plusSeconds(Math.floorMod(now.getEpochSecond(), TEN_YEARS));
        return new FhirList(path, "ge" + moment.toLocalDate() + "T" + String.format("%tT", moment));
    }

    /** @param page counts from 1 */
    public PartnerRequest page(int page, int size) {
        return PartnerRequest.get(path, "_count=" + size + "&page-offset=" + page + "&_lastUpdated=" + literal);
    }
}
