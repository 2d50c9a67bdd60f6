package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.claimloop.ledger.Outcome;
import io.claimloop.ledger.Reason;
import io.claimloop.partner.PartnerAnswer;
import io.claimloop.partner.PartnerException;
import io.claimloop.partner.PartnerRequest;
import io.claimloop.settings.ClaimLoopProperties;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Who gets a patient, and so the task: an active user with the CHW role who holds the nearest place up. */
@Component("responsibleChws")
public class ResponsibleChws {
    private static final String NOBODY = "";

    private final String role;
    /** Place to the CHW who holds it; users seldom change, patients of one place come together. */
    private final Cache<String, String> holders = Caffeine.newBuilder()
            .maximumSize(50_000)
            .expireAfterWrite(Duration.ofMinutes(5))
            .build();

    public ResponsibleChws(ClaimLoopProperties properties) {
        this.role = properties.cht().chwRole();
    }

    /** A place whose users are not known, with the claims that wait for them. */
    public record Place(String id, List<Dispatch> waiting) implements Part {
        public PartnerRequest request() {
            return PartnerRequest.get("/api/v2/users", "facility_id=" + PartnerRequest.encode(id));
        }

        @Override
        public void end(Outcome outcome) {
            waiting.forEach(dispatch -> dispatch.end(outcome));
        }
    }

    /** Up to here by what is known; then these places are to be asked for. */
    public List<Place> unknownPlaces(DispatchBatch batch) {
        batch.open().forEach(this::useKnown);
        return batch.open().stream()
                .filter(Dispatch::lookingForChw)
                .collect(Collectors.groupingBy(Dispatch::place))
                .entrySet()
                .stream()
                .map(entry -> new Place(entry.getKey(), entry.getValue()))
                .toList();
    }

    private void useKnown(Dispatch dispatch) {
        while (dispatch.lookingForChw()) {
            String chw = holders.getIfPresent(dispatch.place());
            if (chw == null) {
                return;
            }
            use(dispatch, chw);
        }
    }

    private static void use(Dispatch dispatch, String chw) {
        if (NOBODY.equals(chw)) {
            dispatch.nextPlace();
        } else {
            dispatch.chw(chw);
        }
    }

    /** Whether a claim of the batch still looks for its CHW. */
    public boolean looking(DispatchBatch batch) {
        return batch.open().stream().anyMatch(Dispatch::lookingForChw);
    }

    public void holders(Place place, PartnerAnswer answer) {
        JsonNode users = answer.ok() ? answer.json() : null;
        if (users == null || !users.isArray()) {
            throw PartnerException.unexpected(answer.partner(), answer.status(), "no list of users");
        }
        String chw = NOBODY;
        for (JsonNode user : users) {
            boolean isChw = false;
            for (JsonNode each : user.path("roles")) {
                isChw |= role.equals(each.asText());
            }
            if (isChw && !user.path("inactive").asBoolean(false)) {
                chw = user.path("contact").path("_id").asText(user.path("id").asText());
                break;
            }
        }
        holders.put(place.id(), chw);
        String found = chw;
        place.waiting().forEach(dispatch -> use(dispatch, found));
    }

    /** Where no place up has a CHW nobody would see the task. */
    public void found(DispatchBatch batch) {
        for (Dispatch dispatch : batch.open()) {
            if (dispatch.chw() == null) {
                // who puts it right and retries must not meet what we remember
                holders.invalidateAll(dispatch.lineage());
                dispatch.end(Outcome.parked(Reason.NO_CHW, null));
            }
        }
    }
}
