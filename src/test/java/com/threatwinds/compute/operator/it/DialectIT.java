package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.RESET;
import static com.threatwinds.compute.operator.simulator.Operation.START;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Quirk;
import com.threatwinds.compute.operator.testing.Subject;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The API's reference, and all other ways in which it has been seen to answer. */
class DialectIT {

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @ParameterizedTest(name = "{0}")
  @MethodSource("dialects")
  void aWholeLifeInOneDialect(String name, Set<Quirk> dialect) {
    it.api().settings().quirks(dialect);
    it.operator();
    it.awaitLists(1);

    Subject web = it.running("web", "power", "Running");
    JsonNode running = web.status();
    web.power("Stopped").awaitReady("Stopped");
    JsonNode stopped = web.status();
    web.power("Running").awaitReady("Running");
    web.power("Reset").awaitRequest("Reset", null, "Accepted");
    web.delete().awaitGone();

    assertThat(it.attempts()).containsExactly(CREATE, STOP, START, RESET, DELETE);
    assertThat(it.journal().attempts()).allMatch(Call::committed);
    assertThat(running.path("state").asText()).isEqualTo("RUNNING");
    assertThat(running.path("machineType").asText()).isEqualTo("n1-standard-2");
    assertThat(running.path("externalIp").asText()).isNotEmpty();
    // the API's own word, whichever it is
    assertThat(stopped.path("state").asText())
        .isEqualTo(dialect.contains(Quirk.LOWER_CASE_STATUS) ? "STOPPED" : "TERMINATED");
    if (!dialect.contains(Quirk.NO_USER_ID)) {
      assertThat(running.path("userId").asText()).isEqualTo(OperatorFixture.USER);
    }
    if (!dialect.contains(Quirk.NO_CREATED_AT)) {
      assertThat(running.path("createdAt").asText()).endsWith("Z");
    }
  }

  static Stream<Arguments> dialects() {
    return Stream.of(
        Arguments.of("the reference: an empty list is a 404", Set.of()),
        Arguments.of(
            "an empty list is [], every success a 200",
            Set.of(Quirk.EMPTY_LIST_ARRAY, Quirk.CREATE_200, Quirk.POWER_200, Quirk.DELETE_200)),
        Arguments.of(
            "an empty list is null, other success codes, lower case, other names",
            Set.of(
                Quirk.EMPTY_LIST_NULL,
                Quirk.POWER_204,
                Quirk.DELETE_202,
                Quirk.LOWER_CASE_STATUS,
                Quirk.CUSTOMER_ID,
                Quirk.SHORT_MACHINE_TYPE,
                Quirk.UNKNOWN_FIELDS,
                Quirk.OFFSET_CREATED_AT)),
        Arguments.of(
            "no owner, no creation time",
            Set.of(Quirk.NO_USER_ID, Quirk.NO_CREATED_AT, Quirk.EMPTY_LIST_ARRAY)));
  }

  @Test
  void anErrorThatIsOnlyInTheBodyIsToldLikeOneInTheHeaders() {
    it.api().settings().quirks(Quirk.ERRORS_IN_BODY_ONLY).maxInstances(0);
    it.operator();

    Subject web = it.apply("web").awaitReconciling("QuotaExceeded");

    assertThat(web.status().at("/lastError/httpStatus").asInt()).isEqualTo(403);
    assertThat(web.status().at("/lastError/message").asText()).contains("quota exceeded");
    it.api().settings().maxInstances(-1);
    web.awaitReady("Running");
    assertThat(it.journal().committed(CREATE)).hasSize(1);
  }
}
