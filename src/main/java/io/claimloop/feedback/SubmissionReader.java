package io.claimloop.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.claimloop.ledger.Due;
import io.claimloop.ledger.Reason;
import io.claimloop.ledger.StepEnds;
import io.claimloop.settings.ClaimLoopProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Makes the mapping's input of what CHT pushed, with the code tables beside it. */
@Component("submissionReader")
public class SubmissionReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The one character that JSON may hold and a database may not. An even number of backslashes before is not it. */
    private static final Pattern NUL = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000");

    private final Path tables;
    private final TakeUp takeUp;

    public SubmissionReader(ClaimLoopProperties properties, TakeUp takeUp) {
        this.tables = properties.mappings().resolve("tables");
        this.takeUp = takeUp;
    }

    /** {@code {"submission": …, "tables": {"assessment": …, "outcome": …}}} */
    public String input(Due due) throws IOException {
        if (due.submission().body() == null) {
            throw new StepEnds(takeUp.unusable(due, Reason.PAYLOAD_ERASED, null));
        }
        JsonNode submission;
        try {
            submission = JSON.readTree(NUL.matcher(new String(due.submission().body(), StandardCharsets.UTF_8))
                    .replaceAll("$1"));
        } catch (JsonProcessingException e) {
            submission = null;
        }
        if (submission == null || !submission.isObject()) {
            throw takeUp.notJson(due);
        }
        ObjectNode input = JSON.createObjectNode();
        input.set("submission", submission);
        ObjectNode known = input.putObject("tables");
        for (String table : new String[] {"assessment", "outcome"}) {
            known.set(table, JSON.readTree(Files.readAllBytes(tables.resolve(table + ".json"))));
        }
        return input.toString();
    }
}
