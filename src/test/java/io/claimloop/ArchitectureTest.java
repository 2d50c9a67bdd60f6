package io.claimloop;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The arrows between the packages, as {@code docs/} draws them. */
class ArchitectureTest {
    private static final String ROOT = "io.claimloop";
    private static final String[] DOMAIN = {
        ROOT + ".intake..",
        ROOT + ".ledger..",
        ROOT + ".openimis..",
        ROOT + ".cht..",
        ROOT + ".rules..",
        ROOT + ".feedback..",
        ROOT + ".valuation..",
        ROOT + ".partner..",
        ROOT + ".reconciliation..",
        ROOT + ".subscription..",
        ROOT + ".settings..",
        ROOT + ".security.."
    };
    private static final Path SOURCES = Path.of("src/main/java");

    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "classes"));

    @Test
    void domain_packages_know_no_camel() {
        noClasses()
                .that()
                .resideInAnyPackage(DOMAIN)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel..")
                .check(CLASSES);
    }

    @Test
    void domain_packages_do_not_know_the_pipeline() {
        noClasses()
                .that()
                .resideInAnyPackage(DOMAIN)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".pipeline..")
                .check(CLASSES);
    }

    @Test
    void only_the_ledger_speaks_sql() {
        noClasses()
                .that(resideOutsideOfPackage(ROOT + ".ledger.."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "org.springframework.jdbc..",
                        "org.flywaydb..",
                        "org.postgresql..",
                        "com.zaxxer.hikari..")
                .check(CLASSES);
    }

    @Test
    void the_ledger_is_reached_through_its_interfaces() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".ledger..")
                .and()
                .arePublic()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.flywaydb..")
                .check(CLASSES);
    }

    @Test
    void nothing_depends_on_operations() {
        noClasses()
                .that(resideOutsideOfPackage(ROOT + ".operations.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".operations..")
                .check(CLASSES);
    }

    @Test
    void packages_form_no_circle() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nothing_prints_past_the_log() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
        noClasses()
                .should()
                .callMethodWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                        com.tngtech.archunit.core.domain.properties.HasName.Predicates.name("printStackTrace")))
                .check(CLASSES);
    }

    @Test
    void what_a_class_needs_is_given_to_its_constructor() {
        fields().should()
                .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .andShould()
                .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Value")
                .andShould()
                .notBeAnnotatedWith("jakarta.annotation.Resource")
                .andShould()
                .notBeAnnotatedWith("jakarta.inject.Inject")
                .check(CLASSES);
    }

    @Test
    void every_public_class_says_what_it_is_for() throws IOException {
        Pattern undocumented = Pattern.compile(
                "(?m)^(?!\\s*\\*)public (?:abstract |final |sealed )*(?:class|record|enum|interface|@interface) (\\w+)");
        try (var files = Files.walk(SOURCES)) {
            List<String> silent = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> {
                        String source = read(file);
                        Matcher type = undocumented.matcher(source);
                        return type.find() && !source.substring(0, type.start()).contains("/**");
                    })
                    .map(file -> SOURCES.relativize(file).toString())
                    .toList();
            assertThat(silent).isEmpty();
        }
    }

    @Test
    void every_package_says_what_it_is_for() throws IOException {
        try (var folders = Files.list(SOURCES.resolve("io/claimloop"))) {
            List<String> silent = folders.filter(Files::isDirectory)
                    .filter(folder -> !Files.exists(folder.resolve("package-info.java"))
                            || !read(folder.resolve("package-info.java")).startsWith("/**"))
                    .map(folder -> folder.getFileName().toString())
                    .toList();
            assertThat(silent).isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
