package io.claimloop.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.StartRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class MappingWatchTest {
    @TempDir
    private Path mappings;

    private DefaultCamelContext camel;
    private long clock = 1_000_000_000_000L;

    @BeforeEach
    void startCamel() throws IOException {
        write("{\"greeting\": \"first\"}");
        camel = new DefaultCamelContext();
        camel.start();
    }

    @AfterEach
    void stopCamel() {
        camel.stop();
    }

    @Test
    void a_changed_mapping_is_in_use_at_once() throws IOException {
        MappingWatch watch = watch();
        assertThat(map()).contains("first");

        write("{\"greeting\": \"second\"}");
        watch.look(camel);

        assertThat(map()).contains("second");
    }

    @Test
    void a_broken_mapping_leaves_the_last_good_one_in_use_and_says_where_it_is_broken(CapturedOutput output)
            throws IOException {
        MappingWatch watch = watch();
        assertThat(map()).contains("first");

        write("{\n  \"greeting\": let\n}");
        watch.look(camel);

        assertThat(map()).contains("first");
        assertThat(output.getAll()).contains("test.jslt is broken").contains("test.jslt:2:");

        write("{\"greeting\": \"mended\"}");
        watch.look(camel);
        assertThat(map()).contains("mended");
    }

    @Test
    void a_mapping_that_is_broken_at_start_ends_the_start() throws IOException {
        write("{\"greeting\": ");
        assertThatThrownBy(this::watch)
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("test.jslt is broken");
    }

    private MappingWatch watch() {
        return new MappingWatch(
                new Binder(new MapConfigurationPropertySource(Map.of("claimloop.mappings", mappings.toString())))
                        .bindOrCreate("claimloop", ClaimLoopProperties.class));
    }

    private String map() {
        return camel.createFluentProducerTemplate()
                .withBody("{}")
                .to("jslt:file:" + mappings + "/test.jslt")
                .request(String.class);
    }

    /** With a time of its own, so that two writes within a tick differ. */
    private void write(String mapping) throws IOException {
        Path file = mappings.resolve("test.jslt");
        Files.writeString(file, mapping);
        clock += 1000;
        Files.setLastModifiedTime(file, FileTime.fromMillis(clock));
    }
}
