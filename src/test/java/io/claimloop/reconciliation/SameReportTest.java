package io.claimloop.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SameReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest(name = "{0} and {1}: the same {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{'feedback':{'care_rendered':'yes'}} | {'feedback':{'care_rendered':'yes'}} | true",
                "{'feedback':{'care_rendered':'yes'}} | {'feedback':{'care_rendered':'no'}}  | false",
                "{'feedback':{'assessment':4}}        | {'feedback':{'assessment':'4'}}      | true",
                "{'feedback':{'assessment':'5'}}      | {'feedback':{}}                      | false",
                "{'feedback':{'assessment':''}}       | {}                                   | true",
                "{'outcome':'answered'}               | {}                                   | true",
                "{'outcome':'died'}                   | {}                                   | false",
                "{'visit_date':'2026-11-22'}          | {}                                   | true",
                "{'visit_date':'2026-11-22'}          | {'visit_date':'2026-11-21'}          | false",
                "{'feedback':{'remarks':'a'}}         | {'feedback':{}}                      | true",
                "{'lines':{'line_1':'x'}}             | {'lines':{}}                         | true",
                "{}                                   | no json                              | false"
            })
    void what_is_asked_of_the_patient_decides(String report, String pushed, boolean same)
            throws JsonProcessingException {
        assertThat(SameReport.saysTheSame(
                        JSON.readTree(report.replace('\'', '"')),
                        pushed.replace('\'', '"').getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(same);
    }
}
