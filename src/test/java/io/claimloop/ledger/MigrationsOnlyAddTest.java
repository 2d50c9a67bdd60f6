package io.claimloop.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * While instances are upgraded one after the other, an older version works on the newer schema: so a migration only adds
 * (expand). What nothing needs any more is taken away by a later version (contract), and says since when nothing does, in a
 * comment before the statement: {@code -- contract: since 0.3.0 nothing reads it}.
 */
class MigrationsOnlyAddTest {
    private static final Path FOLDER = Path.of("src/main/resources/db/migration");
    /** The schema of before there was a rule. */
    private static final int BASELINE = 5;

    private static final Pattern FILE = Pattern.compile("V(\\d+)__[a-z_]+\\.sql");
    private static final Pattern CONTRACT = Pattern.compile("(?m)^\\s*-- contract: since \\d+\\.\\d+\\.\\d+ .{10,}$");
    private static final Pattern BODY = Pattern.compile("(?s)\\$(\\w*)\\$.*?\\$\\1\\$");
    private static final Pattern NEW_TABLE = Pattern.compile("create (?:unlogged )?table (?:if not exists )?([a-z_]+)");

    /** What an older version may stumble over. */
    private static final List<Pattern> BREAKS = List.of(
            Pattern.compile("\\bdrop (?!not null|default)"),
            Pattern.compile("\\brename\\b"),
            Pattern.compile("\\btruncate\\b|\\bdelete from\\b"),
            Pattern.compile("\\balter (column )?\\w+ (set data )?type\\b"),
            Pattern.compile("\\bset not null\\b"),
            Pattern.compile("\\badd (column )?(if not exists )?\\w+ (?!.*\\bdefault\\b)[^,]*\\bnot null\\b"),
            Pattern.compile("\\badd (constraint \\w+ )?(check|unique|foreign key|primary key|exclude)\\b"),
            Pattern.compile("\\bcreate unique index\\b"),
            Pattern.compile("\\bcreate (or replace )?(constraint )?trigger\\b"),
            Pattern.compile("\\b(alter|create) (view|rule|policy)\\b|\\brevoke\\b"));

    @Test
    void each_migration_after_the_baseline_leaves_older_versions_what_they_need() throws IOException {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        try (var files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                Matcher name = FILE.matcher(file.getFileName().toString());
                assertThat(name.matches()).as(file.toString()).isTrue();
                if (Integer.parseInt(name.group(1)) > BASELINE) {
                    seen++;
                    breaks(Files.readString(file))
                            .forEach(statement -> wrong.add(file.getFileName() + ": " + statement));
                }
            }
        }
        assertThat(seen).isPositive();
        assertThat(wrong)
                .as("expand only, or say since when nothing needs it: CONTRIBUTING, \"A change of the schema\"")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table loop drop column code",
                "drop table finding",
                "drop index work_due",
                "alter table loop rename column code to claim_code",
                "alter table loop add column region text not null",
                "alter table loop add region text NOT NULL",
                "alter table loop alter column code set not null",
                "alter table loop alter column version type bigint",
                "alter table loop alter version set data type bigint",
                "alter table loop add constraint coded check (code is not null)",
                "create unique index loop_code_once on loop (code)",
                "create trigger t before insert on loop for each row execute function f()",
                "truncate finding",
                "-- contract: soon\ndrop table finding"
            })
    void what_would_break_an_older_version_is_found(String sql) {
        assertThat(breaks(sql + ";")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table new_one (id bigint primary key, name text not null unique)",
                "create table new_one (id bigint); create unique index new_one_id on new_one (id)",
                "alter table loop add column region text",
                "alter table loop add column region text not null default ''",
                "alter table loop alter column code drop not null",
                "create index loop_region on loop (code) where state = 'TASKED'",
                "insert into watermark (name, value) values ('x', 'drop table; rename')",
                "-- to drop is human\nselect 1",
                "-- contract: since 0.3.0 nothing reads this table\ndrop table finding"
            })
    void what_only_adds_passes(String sql) {
        assertThat(breaks(sql + ";")).isEmpty();
    }

    /** The statements that break something. */
    private static List<String> breaks(String sql) {
        List<String> wrong = new ArrayList<>();
        List<String> own = new ArrayList<>();
        String plain = BODY.matcher(sql).replaceAll("''");
        for (String part : plain.split(";(?=(?:[^']*'[^']*')*[^']*$)")) {
            boolean allowed = CONTRACT.matcher(part).find();
            String statement = part.replaceAll("--[^\n]*", " ")
                    .replaceAll("'[^']*'", "''")
                    .replaceAll("\\s+", " ")
                    .strip()
                    .toLowerCase(Locale.ROOT);
            Matcher table = NEW_TABLE.matcher(statement);
            if (table.lookingAt()) {
                own.add(table.group(1));
                continue;
            }
            boolean ofOwn =
                    own.stream().anyMatch(name -> statement.matches("(create|alter).* (on|table) " + name + "\\b.*"));
            if (!allowed
                    && !ofOwn
                    && BREAKS.stream()
                            .anyMatch(pattern -> pattern.matcher(statement).find())) {
                wrong.add(statement);
            }
        }
        return wrong;
    }
}
