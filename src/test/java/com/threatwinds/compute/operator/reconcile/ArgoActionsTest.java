package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.argocd.Customization;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.PowerRequest;
import com.threatwinds.compute.operator.reconcile.StatusRows.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the operator understands when one of Argo CD's actions was used. */
class ArgoActionsTest {

  private static final Customization SCRIPTS = new Customization();
  private static final YAMLMapper YAML = new YAMLMapper();

  static List<Row> rows() {
    return StatusRows.all();
  }

  private static List<PowerRequest> asked(JsonNode resource, Row row) {
    Desired desired = Desired.of(Input.decode((ObjectNode) resource));
    return PowerRequest.pending(desired, row.status());
  }

  private static Desired desired(JsonNode resource) {
    return Desired.of(Input.decode((ObjectNode) resource));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsOfferedIsUnderstood(Row row) {
    JsonNode resource = row.resource();
    SCRIPTS
        .discover(resource)
        .forEach(
            (action, shown) -> {
              if (shown.path("disabled").asBoolean()) {
                return;
              }
              JsonNode after = SCRIPTS.act(action, resource);
              Desired desired = desired(after);
              assertThat(desired.problem()).isEqualTo(desired(resource).problem());
              switch (action) {
                case "restart" -> assertThat(asked(after, row)).contains(request(Power.RESTART));
                case "reset" -> assertThat(asked(after, row)).contains(request(Power.RESET));
                case "start" -> assertThat(desired.wantsRunning()).isTrue();
                case "stop" -> assertThat(desired.wantsStopped()).isTrue();
                case "pause" -> assertThat(desired.paused()).isTrue();
                case "resume" -> assertThat(desired.paused()).isFalse();
                default -> throw new AssertionError("what does " + action + " mean?");
              }
            });
  }

  private static PowerRequest request(Power operation) {
    return new PowerRequest(
        PowerRequest.Source.ANNOTATION, operation, Optional.of("2026-11-22T12:00:00Z"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsPausedOrDeletedIsOfferedNoPower(Row row) {
    if (!row.wish().deleting() && !desired(row.resource()).paused()) {
      return;
    }

    assertThat(offered(row.resource())).isSubsetOf("pause", "resume");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void noRequestIsOfferedThatWouldBeSkipped(Row row) {
    boolean skipped = row.status().instanceId() == null || desired(row.resource()).wantsStopped();

    if (skipped) {
      assertThat(offered(row.resource())).doesNotContain("restart", "reset");
    }
  }

  private static List<String> offered(JsonNode resource) {
    return SCRIPTS.discover(resource).entrySet().stream()
        .filter(e -> !e.getValue().path("disabled").asBoolean())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Argo CD's test files are of what the operator writes, and not of what somebody remembers. */
  @Test
  void theTestDataIsWhatTheOperatorWrites() throws IOException {
    Map<String, JsonNode> written =
        rows().stream().collect(Collectors.toMap(Row::name, Row::resource));
    try (Stream<Path> files = Files.walk(Customization.DIRECTORY)) {
      List<Path> ofRows =
          files
              .filter(file -> file.getParent().endsWith("testdata"))
              .filter(file -> written.containsKey(nameOf(file)))
              .toList();

      assertThat(ofRows)
          .hasSizeGreaterThan(20)
          .allSatisfy(
              file ->
                  assertThat(YAML.readTree(Files.readString(file)))
                      .isEqualTo(YAML.readTree(written.get(nameOf(file)).toString())));
    }
  }

  private static String nameOf(Path file) {
    return file.getFileName().toString().replace(".yaml", "");
  }
}
