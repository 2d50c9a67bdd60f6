package io.claimloop.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.claimloop.support.IntakeSettings;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class AdmissionFilterTest {
    private static final int MAX_BODY = 100;
    private static final int PLACES = 2;

    private final ApplicationAvailabilityBean ready = new ApplicationAvailabilityBean();
    private final AdmissionFilter filter = new AdmissionFilter(IntakeSettings.of(MAX_BODY, PLACES), ready);
    private final AtomicInteger admitted = new AtomicInteger();
    private final FilterChain counts = (request, response) -> admitted.incrementAndGet();

    private static MockHttpServletRequest post() {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/openimis/notifications");
        request.setContentType("application/json");
        request.setContent("{}".getBytes());
        return request;
    }

    private MockHttpServletResponse send(MockHttpServletRequest request, FilterChain chain)
            throws ServletException, IOException {
        MockHttpServletResponse response = new MockHttpServletResponse();
        filter.doFilter(request, response, chain);
        return response;
    }

    private void refused(MockHttpServletResponse response, int status) throws IOException {
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getContentType()).startsWith("application/json");
        JsonNode json = new ObjectMapper().readTree(response.getContentAsString());
        assertThat(json.path("status").asText()).isEqualTo("refused");
        assertThat(json.path("reason").asText()).isNotBlank();
        assertThat(json.path("hint").asText()).isNotBlank();
        assertThat(admitted).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JSON; charset=UTF-8", "application/fhir+json"})
    void json_is_admitted_and_its_bytes_are_left_alone(String type) throws Exception {
        MockHttpServletRequest request = post();
        request.setContentType(type);
        send(request, (inner, response) -> {
            admitted.incrementAndGet();
            assertThat(inner.getContentType()).isEqualTo("application/octet-stream");
            assertThat(inner.getInputStream().readAllBytes()).isEqualTo("{}".getBytes());
        });
        assertThat(admitted).hasValue(1);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", ";", "json"})
    void what_is_not_json_gets_415(String type) throws Exception {
        MockHttpServletRequest request = post();
        request.setContentType(type);
        refused(send(request, counts), 415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "HEAD", "PATCH"})
    void another_method_gets_405_and_is_told_which(String method) throws Exception {
        MockHttpServletRequest request = post();
        request.setMethod(method);
        MockHttpServletResponse response = send(request, counts);
        refused(response, 405);
        assertThat(response.getHeader("Allow")).isEqualTo("POST");
    }

    @BeforeEach
    void beUp() {
        ready.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.ACCEPTING_TRAFFIC));
    }

    @Test
    void a_body_that_says_it_is_too_large_gets_413_unread() throws Exception {
        MockHttpServletRequest request = post();
        request.setContent(new byte[MAX_BODY + 1]);
        refused(send(request, counts), 413);
        request.setContent(new byte[MAX_BODY]);
        send(request, counts);
        assertThat(admitted).hasValue(1);
    }

    @Test
    void one_too_many_gets_503_at_once_and_is_told_when_to_come_again() throws Exception {
        whileAllPlacesAreTaken(() -> {
            MockHttpServletResponse response = send(post(), counts);
            refused(response, 503);
            assertThat(response.getHeader("Retry-After")).isEqualTo("5");
        });

        send(post(), counts);
        assertThat(admitted).hasValue(1);
    }

    private interface Meanwhile {
        void run() throws ServletException, IOException;
    }

    /** Each request is still being answered when the next one comes. A place that was not given back is missing here. */
    private void whileAllPlacesAreTaken(Meanwhile meanwhile) throws ServletException, IOException {
        AtomicInteger times = new AtomicInteger();
        take(PLACES, () -> {
            times.incrementAndGet();
            meanwhile.run();
        });
        assertThat(times).as("times that all places could be taken").hasValue(1);
    }

    private void take(int places, Meanwhile then) throws ServletException, IOException {
        if (places == 0) {
            then.run();
        } else {
            send(post(), (request, response) -> take(places - 1, then));
        }
    }

    @Test
    void a_place_is_given_back_once_whatever_happens() throws Exception {
        for (int i = 0; i < 3 * PLACES; i++) {
            send(post(), counts);
            assertThatThrownBy(() -> send(post(), (request, response) -> {
                        throw new IOException("broken pipe");
                    }))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> send(post(), (request, response) -> {
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        admitted.set(0);
        whileAllPlacesAreTaken(() -> refused(send(post(), counts), 503));
    }

    @Test
    void other_paths_pass_as_they_are() throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/loops");
        whileAllPlacesAreTaken(() -> send(request, counts));
        assertThat(admitted).hasValue(1);
    }
}
