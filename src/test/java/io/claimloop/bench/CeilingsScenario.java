package io.claimloop.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the machine can do at all: PostgreSQL alone, and Tomcat alone. */
final class CeilingsScenario {
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
    private static final int CLIENTS = 8;
    private static final int LOWEST = 200;

    private final Rig rig;
    private final Report report;

    CeilingsScenario(Rig rig, Report report) {
        this.rig = rig;
        this.report = report;
    }

    void run() {
        report.heading("Ceilings");
        report.head("what", "a second");
        for (int rows : new int[] {1, 64}) {
            report.row(
                    "pgbench, " + CLIENTS + " clients, transactions that insert " + rows
                            + (rows == 1 ? " row" : " rows") + " of 2 kB",
                    rows == 1 ? inserts(rows) : inserts(rows) + " (× 64 rows)");
        }
        nothing();
    }

    private String inserts(int rows) {
        Path pgbench = Stream.concat(Stream.of(Path.of("/usr/bin/pgbench")), installed())
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        if (pgbench == null) {
            return "pgbench is not there";
        }
        try {
            String url = rig.database().create();
            String name = url.substring(url.lastIndexOf('/') + 1);
            Path table = Files.writeString(
                    rig.folder().resolve("table.sql"),
                    "create table if not exists event (id bigint generated always as identity primary key,"
                            + " claim uuid not null, body bytea not null);");
            Path script = Files.writeString(
                    rig.folder().resolve("insert-" + rows + ".sql"),
                    "insert into event (claim, body) values "
                            + IntStream.range(0, rows)
                                    .mapToObj(i ->
                                            "(gen_random_uuid(), convert_to(repeat(md5(random()::text), 64), 'UTF8'))")
                                    .collect(Collectors.joining(", "))
                            + ";");
            List<String> base = new ArrayList<>(List.of(
                    pgbench.toString(),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    "" + rig.database().port(),
                    "-U",
                    "postgres",
                    "-n"));
            List<String> make = new ArrayList<>(base);
            make.addAll(List.of("-t", "1", "-f", table.toString(), name));
            Jvm.output(make);
            base.addAll(
                    List.of("-c", "" + CLIENTS, "-j", "1", "-T", rig.options().quick() ? "4" : "15"));
            base.addAll(List.of("-f", script.toString(), name));
            String said = Jvm.output(base);
            Matcher tps = TPS.matcher(said);
            return tps.find() ? Report.number(Double.parseDouble(tps.group(1))) : "pgbench failed: " + said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> installed() {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin/pgbench")).toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    /** Upwards until the answers come late. */
    private void nothing() {
        rig.freshPartners(false);
        double held = 0;
        Measured best = null;
        try (Server server = rig.servers().nothing()) {
            server.start();
            for (double rate = LOWEST; rate < 20_000; rate *= 1.5) {
                int count = (int) rate * 5;
                Measured step = new Load(
                                rig,
                                server,
                                Payloads.notices(ClaimsScenario.USUAL),
                                Plan.once(0, count),
                                count / 5,
                                rate,
                                Load.End.NOWHERE)
                        .run(20);
                if (!step.held(ClaimsScenario.ANSWER_MILLIS, Long.MAX_VALUE)) {
                    break;
                }
                held = rate;
                best = step;
            }
        }
        report.row(
                "Tomcat that reads a notice of 10 kB and answers 202, generator and all, answer p99 < "
                        + ClaimsScenario.ANSWER_MILLIS + " ms",
                held == 0
                        ? "less than " + LOWEST
                        : Report.number(held) + "; p99 " + Report.number(Measured.millis(best.answers(), 99))
                                + " ms, CPU µs: Tomcat "
                                + Report.number(
                                        best.use().perThousand(best.use().server()) * 1000)
                                + ", generator "
                                + Report.number(
                                        best.use().perThousand(best.use().generator()) * 1000));
    }
}
