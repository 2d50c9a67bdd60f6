package io.claimloop.reconciliation;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.claimloop.ledger.ClaimNotice;
import io.claimloop.ledger.Loop;
import io.claimloop.ledger.Loops;
import io.claimloop.ledger.State;
import io.claimloop.partner.Login;
import io.claimloop.partner.PartnerGate;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.support.LedgerInMemory;
import io.claimloop.support.Works;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The sweeps with a ledger in memory: what is told becomes a loop that waits. */
final class Sweeps {
    final Loops loops = mock(Loops.class);
    final LedgerInMemory inbox = new LedgerInMemory();
    final Map<UUID, Loop> known = new HashMap<>();
    final Map<String, String> watermarks = new HashMap<>();
    final MeterRegistry meters = new SimpleMeterRegistry();
    final PartnerGate openimis;
    final Comparison comparison;
    private final ClaimLoopProperties properties;

    Sweeps(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "claimloop.openimis.zone", "UTC",
                "claimloop.selection.policy", "submitted",
                "claimloop.selection.from", "2026-01-01"));
        all.putAll(settings);
        properties = new Binder(new MapConfigurationPropertySource(all))
                .bindOrCreate("claimloop", ClaimLoopProperties.class);
        when(loops.firstStart()).thenReturn(Instant.now());
        when(loops.find(anyCollection())).thenAnswer(call -> {
            Collection<UUID> uuids = call.getArgument(0);
            return uuids.stream().map(this::loop).flatMap(Optional::stream).toList();
        });
        when(loops.told(anyCollection())).thenAnswer(call -> {
            Collection<ClaimNotice> notices = call.getArgument(0);
            Set<UUID> told = new HashSet<>();
            for (ClaimNotice notice : notices) {
                if (inbox.notices.stream().anyMatch(before -> java.util.Arrays.equals(before.body(), notice.body()))) {
                    told.add(notice.uuid());
                }
            }
            return told;
        });
        when(loops.watermark(anyString())).thenAnswer(call -> Optional.ofNullable(watermarks.get(call.getArgument(0))));
        doAnswer(call -> watermarks.put(call.getArgument(0), call.getArgument(1)))
                .when(loops)
                .watermark(anyString(), any());
        Login login = new Login(
                "openIMIS",
                Duration.ofMinutes(6),
                () -> new Login.Granted("Bearer x", Instant.now().plusSeconds(60)));
        openimis = new PartnerGate("openIMIS", login, 1000);
        comparison = new Comparison(loops, inbox, steps -> {}, properties, meters);
    }

    private Optional<Loop> loop(UUID uuid) {
        if (known.containsKey(uuid)) {
            return Optional.of(known.get(uuid));
        }
        return inbox.notices.stream().anyMatch(notice -> notice.uuid().equals(uuid))
                ? Optional.of(Works.loop(State.SELECTED, uuid))
                : Optional.empty();
    }

    ClaimSweep whole() {
        return new ClaimSweep(loops, comparison, openimis, new SweepWindow(loops, properties), properties, meters);
    }

    ClaimHead head() {
        return new ClaimHead(loops, comparison, openimis, new SweepWindow(loops, properties), properties);
    }

    /** As the route does it. */
    static void run(ClaimSweep sweep, ManyClaims claims) {
        while (sweep.goesOn()) {
            sweep.take(claims.answer(sweep.query()));
        }
        sweep.end();
    }

    static void run(ClaimHead head, ManyClaims claims) {
        head.begin();
        while (head.goesOn()) {
            head.take(claims.answer(head.query()));
        }
        head.end();
    }

    /** The claims that were taken up, by number. */
    List<Integer> taken() {
        List<Integer> numbers = new ArrayList<>();
        inbox.notices.forEach(
                notice -> numbers.add(Integer.parseInt(notice.code().substring(1))));
        return numbers;
    }
}
