package io.claimloop.failure;

import io.claimloop.ledger.State;
import io.claimloop.simulated.Claim;
import io.claimloop.simulated.Insuree;
import io.claimloop.simulated.SimulatedCht;
import io.claimloop.simulated.SimulatedOpenImis;
import io.claimloop.support.SimulatedWorld;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Judges from outside of the process: by what really happened at the simulated partners, and by what the ledger says. Each
 * method names what is wrong, one sentence each; empty means that the invariant holds.
 */
final class Oracle {
    private final Load load;
    private final String database;

    Oracle(Load load, String database) {
        this.load = load;
        this.database = database;
    }

    private static final Reading<String> ROW = row -> row.getString(1);

    private record Row(String uuid, String state) {}

    /** Nothing is on its way any more: each claim is where it ends, nothing is due, no lease is held. */
    boolean settled() {
        return lost().isEmpty() && unsettled().isEmpty();
    }

    /** Claims and reports of which the ledger knows nothing, or which are not where they must end. */
    List<String> lost() {
        Map<String, String> states = new HashMap<>();
        query("select uuid::text, state from loop", row -> new Row(row.getString(1), row.getString(2)))
                .forEach(row -> states.put(row.uuid(), row.state()));
        List<String> lost = new ArrayList<>();
        for (Claim claim : load.claims) {
            String state = states.get(claim.uuid());
            boolean told = load.answered.contains(claim.uuid());
            String wanted = load.rejected.contains(claim.uuid()) ? "WITHDRAWN" : "DELIVERED";
            if (!wanted.equals(state)) {
                lost.add(claim.code() + (told ? ", told," : ", untold,") + " is " + state + " and not " + wanted);
            }
        }
        Set<String> reports = new HashSet<>(query("select report_id from submission", ROW));
        load.pushed().stream()
                .filter(report -> !reports.contains(report))
                .forEach(report -> lost.add("report " + report + " was answered and is not there"));
        return lost;
    }

    List<String> unsettled() {
        return query(
                "select step || ' of ' || coalesce(loop_uuid::text, 'no loop') || case when lease_until is null then ' is due'"
                        + " else ' is leased' end || ' after ' || attempts || ' attempts' from work"
                        + " where due_at <= now() or lease_until is not null",
                ROW);
    }

    /** What the ledger and CHT know of the claims that are not where they must end; for the message of a failed test. */
    String stories() {
        StringBuilder all = new StringBuilder();
        for (Claim claim : load.claims) {
            if (lost().stream().anyMatch(line -> line.startsWith(claim.code() + ","))) {
                String its = "'" + claim.uuid() + "'";
                all.append('\n').append(claim.code());
                query("select to_state || ' at ' || at from history where loop_uuid = " + its + " order by seq", ROW)
                        .forEach(line -> all.append("\n  ").append(line));
                query(
                                "select step || ' due ' || due_at || ' attempts ' || attempts from work where loop_uuid = "
                                        + its,
                                ROW)
                        .forEach(line -> all.append("\n  ").append(line));
                query(
                                "select 'report ' || report_id || ' ' || state || ' ' || coalesce(reason, '') || ' ' || received_at"
                                        + " from submission where loop_uuid = " + its,
                                ROW)
                        .forEach(line -> all.append("\n  ").append(line));
                load.cht.effects().stream()
                        .filter(effect -> effect.claimUuid().equals(claim.uuid()))
                        .forEach(effect -> all.append("\n  CHT: ").append(effect.kind() + " at " + effect.at()));
                load.cht.pushes().stream()
                        .filter(push -> push.claimUuid().equals(claim.uuid()))
                        .forEach(push -> all.append("\n  push: ").append(push.status() + " at " + push.at()));
            }
        }
        return all.toString();
    }

    /** A task or feedback that is there twice. */
    List<String> doubled() {
        return load.doubled();
    }

    /** Each history begins as NOTICED, has no gap, goes along declared arrows only, and ends where its loop stands. */
    List<String> crooked() {
        record Step(String loop, int seq, String from, String to, String state) {}
        List<Step> steps = query(
                "select h.loop_uuid::text, h.seq, h.from_state, h.to_state, l.state from history h"
                        + " join loop l on l.uuid = h.loop_uuid order by 1, 2",
                row -> new Step(row.getString(1), row.getInt(2), row.getString(3), row.getString(4), row.getString(5)));
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Step before = i > 0 && steps.get(i - 1).loop().equals(step.loop()) ? steps.get(i - 1) : null;
            boolean good = before == null
                    ? step.seq() == 0 && step.from() == null && step.to().equals("NOTICED")
                    : step.seq() == before.seq() + 1
                            && before.to().equals(step.from())
                            && declared(step.from(), step.to());
            boolean last = i + 1 == steps.size() || !steps.get(i + 1).loop().equals(step.loop());
            if (!good || last && !step.to().equals(step.state())) {
                wrong.add(step.toString());
            }
        }
        return wrong;
    }

    private static boolean declared(String from, String to) {
        State state = State.valueOf(from);
        return state == State.PARKED || state.next().contains(State.valueOf(to));
    }

    /** Only what somebody rejected may be withdrawn. */
    List<String> withdrawnUnasked() {
        return query("select uuid::text from loop where state = 'WITHDRAWN'", ROW).stream()
                .filter(uuid -> !load.rejected.contains(uuid))
                .toList();
    }

    /** Open tasks of claims that were rejected. */
    List<String> tasksLeftOpen() {
        return load.rejected.stream()
                .filter(uuid -> load.cht.records(uuid).stream()
                        .anyMatch(
                                record -> !record.at("/fields/status").asText().equals("withdrawn")))
                // answered before it was rejected: the task is gone from the phone by its answer
                .filter(uuid -> load.cht.reportOf(uuid).isEmpty())
                .toList();
    }

    /** Persons and secrets in what the process printed. */
    List<String> told(String output) {
        return Stream.concat(
                        load.persons.stream().map(Insuree::chfId),
                        Stream.of(
                                Load.LAST_NAME,
                                "Sita CHW",
                                "+97798",
                                SimulatedOpenImis.PASSWORD,
                                SimulatedCht.PASSWORD,
                                SimulatedWorld.OPENIMIS_TOKEN,
                                SimulatedWorld.CHT_TOKEN,
                                SimulatedWorld.OPERATOR_PASSWORD))
                .filter(output::contains)
                .toList();
    }

    interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    <T> List<T> query(String sql, Reading<T> reading) {
        try (Connection connection = DriverManager.getConnection(database, "postgres", "");
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reading.of(rows));
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
