package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.argocd.Customization;
import com.threatwinds.compute.operator.argocd.ResourceHealth.Code;
import com.threatwinds.compute.operator.reconcile.StatusRows.Expected;
import com.threatwinds.compute.operator.reconcile.StatusRows.Row;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Argo CD's health script makes of what the operator writes. {@link RunChecker} asks the same
 * of every version of every resource in the runs that it judges.
 */
class ArgoHealthTest {

  private static final Customization SCRIPTS = new Customization();

  /** Hostile resources nest deeper than a stack usually allows for. */
  private static final long DEEP = 512L << 20;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          new JsonFactoryBuilder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(20_000)
                      .maxNameLength(2_000_000)
                      .build())
              .build());

  static List<Row> rows() {
    return StatusRows.all();
  }

  static List<HostileResourcesTest.Hostile> hostile() {
    return HostileResourcesTest.resources;
  }

  private static Code codeOf(Row row) {
    if (row.wish().deleting()) {
      return Code.PROGRESSING;
    }
    return switch (row.expected()) {
      case Expected.Ready r -> Code.HEALTHY;
      case Expected.Reconciling r -> Code.PROGRESSING;
      case Expected.Stalled s -> Code.DEGRADED;
      case Expected.Paused p -> p.ready() ? Code.HEALTHY : Code.SUSPENDED;
    };
  }

  private static Reason reasonOf(Row row) {
    return switch (row.expected()) {
      case Expected.Ready r -> r.reason();
      case Expected.Reconciling r -> r.reason();
      case Expected.Stalled s -> s.reason();
      case Expected.Paused p ->
          p.ready() || row.wish().deleting() ? p.readyReason() : Reason.PAUSED;
    };
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isWhatTheRowSays(Row row) {
    assertThat(SCRIPTS.health(row.resource()).status()).isEqualTo(codeOf(row));
    assertThat(ArgoVerdict.mistake(row.wish().resource(row.status()))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void givesTheReasonAndItsSentence(Row row) {
    String sentence =
        row.status().conditions().stream()
            .filter(c -> reasonOf(row).toString().equals(c.getReason()))
            .findFirst()
            .orElseThrow()
            .getMessage();

    assertThat(SCRIPTS.health(row.resource()).message()).isEqualTo(reasonOf(row) + ": " + sentence);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anEditIsWaitedForWhateverWasSaidBefore(Row row) {
    ObjectNode resource = row.resource().deepCopy();
    resource.withObject("metadata").put("generation", 99);

    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aDeletionIsWaitedForWhateverWasSaidBefore(Row row) {
    ObjectNode resource = row.resource().deepCopy();
    resource.withObject("metadata").put("deletionTimestamp", Wish.DELETED);

    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);
  }

  @Test
  void aResourceThatNobodyLookedAtIsWaitedFor() {
    ObjectNode resource = JSON.valueToTree(Wish.plain().resource(null));

    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);
    resource.remove("status");
    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);
  }

  @ParameterizedTest
  @ValueSource(strings = {Annotations.RESTART_REQUESTED, Annotations.RESET_REQUESTED})
  void aNewRequestIsWaitedForAndAHandledOneIsNot(String annotation) {
    Row row =
        rows().stream()
            .filter(r -> r.name().equals("running-left-alone"))
            .findFirst()
            .orElseThrow();
    ObjectNode resource = row.resource().deepCopy();
    String operation = annotation.equals(Annotations.RESTART_REQUESTED) ? "Restart" : "Reset";
    resource.withObject("metadata").withObject("annotations").put(annotation, "a-2");
    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);

    var handled = resource.withObject("status").withObject("power").withArray("handledRequestIds");
    handled.add("annotation/" + operation + "/a-1").add("spec/" + operation + "/a-2");
    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);

    handled.add("annotation/" + operation + "/a-2");
    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.HEALTHY);
  }

  @Test
  void aPauseThatWasTakenAwayIsNoLongerWaitedForByAPerson() {
    Row row =
        rows().stream()
            .filter(r -> r.name().equals("paused-not-as-asked"))
            .findFirst()
            .orElseThrow();
    ObjectNode resource = row.resource().deepCopy();
    resource.withObject("metadata").remove("annotations");

    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void noResourceStopsTheScript(HostileResourcesTest.Hostile hostile) throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              JsonNode resource = JSON.readTree(hostile.json());
              return SCRIPTS.health(resource).status();
            });

    new Thread(null, task, "deep", DEEP).start();

    assertThat(task.get()).isEqualTo(Code.PROGRESSING);
  }

  static final List<String> statuses =
      List.of(
          "7",
          "\"text\"",
          "[]",
          "{\"conditions\": 7}",
          "{\"conditions\": [7, null, \"text\", [], {}]}",
          "{\"conditions\": {\"type\": \"Ready\", \"status\": \"True\"}}",
          "{\"observedGeneration\": 1, \"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"},"
              + " {\"type\": \"Reconciling\", \"status\": \"True\"}]}",
          "{\"conditions\": [{\"type\": 7, \"status\": {}}]}",
          "{\"conditions\": [{\"type\": \"Ready\", \"status\": \"Unknown\", \"message\": {}}]}");

  @ParameterizedTest
  @FieldSource("statuses")
  void aStatusThatSaysNothingIsWaitedFor(String status) throws Exception {
    ObjectNode resource = JSON.valueToTree(Wish.plain().resource(null));
    resource.set("status", JSON.readTree(status));

    assertThat(SCRIPTS.health(resource).status()).isEqualTo(Code.PROGRESSING);
  }
}
