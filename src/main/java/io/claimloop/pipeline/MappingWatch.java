package io.claimloop.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import io.claimloop.settings.ClaimLoopProperties;
import io.claimloop.settings.StartRefusedException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.ResourceEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compiles every mapping at start, and takes up a changed one safely: compiled first; a broken one leaves the last good
 * one in use. Camel's jslt component keeps what it has compiled until its cache is cleared.
 */
@Component("mappingWatch")
public class MappingWatch {
    private static final Logger log = LoggerFactory.getLogger(MappingWatch.class);

    private final Path folder;
    private final Map<Path, FileTime> known = new HashMap<>();
    private final Map<String, String> broken = new TreeMap<>();

    public MappingWatch(ClaimLoopProperties properties) {
        this.folder = properties.mappings();
        for (Path file : files()) {
            String wrong = compile(file);
            if (wrong != null) {
                throw new StartRefusedException(
                        "The mapping " + file.getFileName() + " is broken: " + wrong,
                        "Correct it; ./mvnw test -Dtest=MappingTest runs all mappings with their cases.");
            }
            known.put(file, changed(file));
        }
    }

    /** Looks for changed files. */
    public synchronized void look(CamelContext camel) {
        for (Path file : files()) {
            FileTime changed = changed(file);
            if (changed.equals(known.put(file, changed))) {
                continue;
            }
            String wrong = compile(file);
            if (wrong != null) {
                broken.put(file.getFileName().toString(), wrong);
                log.error("{} is broken, the last good one stays in use: {}", file.getFileName(), wrong);
            } else {
                broken.remove(file.getFileName().toString());
                forget(camel, file.getFileName().toString());
                log.info("{} was changed and is in use", file.getFileName());
            }
        }
    }

    /** Files that are not in use as they are, and why. */
    public synchronized Map<String, String> broken() {
        return Map.copyOf(broken);
    }

    private static void forget(CamelContext camel, String file) {
        camel.getEndpoints().forEach(endpoint -> {
            if (endpoint instanceof ResourceEndpoint resource
                    && resource.getResourceUri().endsWith("/" + file)) {
                resource.clearContentCache();
            }
        });
    }

    /** What is wrong, with file, line and column; null when nothing is. */
    private static String compile(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            if (file.toString().endsWith(".jslt")) {
                new Parser(reader).withSource(file.getFileName().toString()).compile();
            } else {
                new ObjectMapper().readTree(reader);
            }
            return null;
        } catch (JsltException | IOException e) {
            return e.getMessage();
        }
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file ->
                            file.toString().endsWith(".jslt") || file.toString().endsWith(".schema.json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileTime changed(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }
}
