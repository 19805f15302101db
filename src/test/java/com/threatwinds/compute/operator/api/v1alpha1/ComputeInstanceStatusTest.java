package com.threatwinds.compute.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.Accepted;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.LastError;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.Problem;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A status comes back as it was written, and one that can't be read is kept out of the way. */
class ComputeInstanceStatusTest {

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private static final ComputeInstanceStatus FULL =
      new ComputeInstanceStatus(
          7L,
          "i-1",
          true,
          "web-1",
          "RUNNING",
          "us-central1-a",
          "e2-medium",
          "203.0.113.7",
          "10.0.0.7",
          "2026-01-01T00:00:00Z",
          "user-1",
          "0123456789abcdef",
          List.of(
              new ConditionBuilder()
                  .withType("Ready")
                  .withStatus("True")
                  .withReason("Running")
                  .withMessage("instance i-1 is running")
                  .withObservedGeneration(7L)
                  .withLastTransitionTime("2026-01-01T00:00:00Z")
                  .build()),
          new Accepted("web-small", "us-central1-a", "i-1"),
          new CreateAttempt(
              "attempt-1",
              "2026-01-01T00:00:00Z",
              true,
              "web-small",
              "us-central1-a",
              "us-central1-a",
              List.of("i-7", "i-8"),
              "user-1",
              "0123456789abcdef",
              List.of("i-1")),
          new PowerRecord(
              "Restart",
              "a",
              PowerOutcome.ACCEPTED,
              "2026-01-01T00:00:00Z",
              List.of("spec/Restart/a", "annotation/Reset/b")),
          new LastError("stop", 429, "slow down", "e-1", "2026-01-01T00:00:00Z"),
          null);

  private static @Nullable ComputeInstanceStatus read(String status) {
    return YAML.unmarshal(
            """
            {"apiVersion": "compute.threatwinds.com/v1alpha1", "kind": "ComputeInstance",
             "metadata": {"name": "web"}, "spec": {"templateId": "web-small"}, "status": %s}"""
                .formatted(status),
            ComputeInstance.class)
        .getStatus();
  }

  private static String write(ComputeInstanceStatus status) {
    var resource = new ComputeInstance();
    resource.setStatus(status);
    return YAML.asJson(resource);
  }

  private static @Nullable ComputeInstanceStatus reread(ComputeInstanceStatus status) {
    return YAML.unmarshal(write(status), ComputeInstance.class).getStatus();
  }

  @Test
  void comesBackAsItWasWritten() {
    assertThat(reread(FULL)).isEqualTo(FULL);
  }

  @Test
  void comesBackEmptyAsItWasWritten() {
    assertThat(reread(ComputeInstanceStatus.NONE)).isEqualTo(ComputeInstanceStatus.NONE);
    assertThat(read("{}")).isEqualTo(ComputeInstanceStatus.NONE);
  }

  @Test
  void isAbsentWhereThereIsNone() {
    assertThat(read("null")).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void writesTheOutcomeOfARequestAsAWord(PowerOutcome outcome) {
    String word = outcome.name().charAt(0) + outcome.name().substring(1).toLowerCase();
    var status = read("{\"power\": {\"outcome\": \"%s\"}}".formatted(word));

    assertThat(status.problem()).isNull();
    assertThat(status.power().outcome()).isEqualTo(outcome);
    assertThat(write(status)).contains("\"power\":{\"outcome\":\"%s\"}".formatted(word));
  }

  @Test
  void leavesOutWhatIsAbsentOrEmpty() {
    var status =
        new ComputeInstanceStatus(
            null,
            "i-1",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            new Accepted("web-small", null, null),
            null,
            null,
            null,
            null);

    assertThat(write(status))
        .contains(
            "\"status\":{\"instanceId\":\"i-1\",\"accepted\":{\"templateId\":\"web-small\"}}");
  }

  @Test
  void ignoresWhatItDoesNotKnowAtEveryLevel() {
    assertThat(
            read(
                """
                {"instanceId": "i-1", "later": {"a": [1]},
                 "accepted": {"templateId": "t", "later": 1},
                 "create": {"attemptId": "a", "later": 1},
                 "power": {"operation": "Reset", "later": 1},
                 "lastError": {"operation": "stop", "later": 1},
                 "conditions": [{"type": "Ready", "status": "True", "later": 1}]}"""))
        .satisfies(
            status -> {
              assertThat(status.problem()).isNull();
              assertThat(status.instanceId()).isEqualTo("i-1");
              assertThat(status.accepted()).isEqualTo(new Accepted("t", null, null));
              assertThat(status.create().attemptId()).isEqualTo("a");
              assertThat(status.condition(ConditionType.READY)).isPresent();
              assertThat(status.condition(ConditionType.STALLED)).isEmpty();
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"text\"",
        "\"\"",
        "5",
        "true",
        "[]",
        "[{}]",
        "{\"instanceId\": {}}",
        "{\"instanceId\": [\"i-1\"]}",
        "{\"observedGeneration\": \"many\"}",
        "{\"observedGeneration\": 99999999999999999999}",
        "{\"takenOver\": \"perhaps\"}",
        "{\"conditions\": {}}",
        "{\"conditions\": [5]}",
        "{\"conditions\": \"Ready\"}",
        "{\"accepted\": \"web-small\"}",
        "{\"create\": []}",
        "{\"create\": {\"known\": \"i-1\"}}",
        "{\"create\": {\"candidates\": [{}]}}",
        "{\"power\": {\"outcome\": \"Perhaps\"}}",
        "{\"power\": {\"outcome\": 2}}",
        "{\"power\": {\"handledRequestIds\": \"a\"}}",
        "{\"lastError\": {\"httpStatus\": \"x\"}}",
      })
  void tellsAProblemWhereAnythingInItCantBeRead(String status) {
    ComputeInstanceStatus read = read(status);

    assertThat(read.problem().text()).startsWith("status");
    assertThat(read).isEqualTo(ComputeInstanceStatus.NONE.with(read.problem()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "../i-1", "i-1\\n", "i 1", "ü"})
  void hidesABindingThatNamesNoInstance(String id) {
    ComputeInstanceStatus read = read("{\"instanceId\": \"%s\"}".formatted(id));

    assertThat(read.problem().text()).isEqualTo("status.instanceId: names no instance");
    assertThat(read.hidesBinding()).isTrue();
    assertThat(read.instanceId()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"observedGeneration\": \"many\"",
        "\"conditions\": [5]",
        "\"accepted\": \"web-small\"",
        "\"power\": {\"outcome\": \"Perhaps\"}",
        "\"lastError\": {\"httpStatus\": \"x\"}",
        "\"create\": []",
      })
  void keepsTheBindingWhateverElseCantBeRead(String other) {
    ComputeInstanceStatus read =
        read(
            "{\"instanceId\": \"i-1\", \"userId\": \"u-1\", \"credentials\": \"c\", %s}"
                .formatted(other));

    assertThat(read.problem().text()).startsWith("status.");
    assertThat(read.hidesBinding()).isFalse();
    assertThat(read.instanceId()).isEqualTo("i-1");
    assertThat(read.userId()).isEqualTo("u-1");
    assertThat(read.credentials()).isEqualTo("c");
  }

  @Test
  void keepsTheOpenCreateWhateverElseCantBeRead() {
    ComputeInstanceStatus read =
        read("{\"create\": {\"attemptId\": \"a\", \"known\": [\"i-7\"]}, \"conditions\": 5}");

    assertThat(read.problem().text()).startsWith("status.conditions: ");
    assertThat(read.hidesBinding()).isFalse();
    assertThat(read.create().attemptId()).isEqualTo("a");
    assertThat(read.create().known()).containsExactly("i-7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "[]",
        "{\"instanceId\": {}}",
        "{\"create\": []}",
        "{\"create\": 5, \"name\": []}"
      })
  void saysThatABindingOrAnOpenCreateMayBeInWhatCantBeRead(String status) {
    assertThat(read(status).hidesBinding()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\\u0000\"", "\"true\"", "\"\"", "1"})
  void takesNothingForTheTruthThatIsNone(String takenOver) {
    ComputeInstanceStatus read =
        read("{\"instanceId\": \"i-1\", \"takenOver\": %s}".formatted(takenOver));

    assertThat(read.problem().text()).startsWith("status.takenOver: ");
    assertThat(read.instanceId()).isEqualTo("i-1");
  }

  @Test
  void quotesNothingThatALogOrAnEventCouldNotShow() {
    ComputeInstanceStatus read =
        read(
            "{\"observedGeneration\": \"a\\nlevel=ERROR \\u001b[31m%s\"}"
                .formatted("x".repeat(999)));

    assertThat(read.problem().text()).doesNotContainPattern("\\p{C}").hasSizeLessThan(250);
  }

  @Test
  void hidesNoBindingWhereThereIsNone() {
    ComputeInstanceStatus read = read("{\"conditions\": 5}");

    assertThat(read.problem()).isNotNull();
    assertThat(read.hidesBinding()).isFalse();
  }

  @Test
  void leavesOutEntriesThatAreNull() {
    ComputeInstanceStatus read =
        read(
            """
            {"instanceId": "i-1", "conditions": [null, {"type": "Ready", "status": "True"}, null],
             "create": {"known": [null, "i-7"], "candidates": [null]},
             "power": {"handledRequestIds": ["a", null, null]}}""");

    assertThat(read.problem()).isNull();
    assertThat(read.conditions()).hasSize(1).doesNotContainNull();
    assertThat(read.condition(ConditionType.STALLED)).isEmpty();
    assertThat(read.create().known()).containsExactly("i-7");
    assertThat(read.create().candidates()).isEmpty();
    assertThat(read.power().handledRequestIds()).containsExactly("a");
  }

  @Test
  void cantBeToldAProblemFromOutside() {
    assertThat(read("{\"instanceId\": \"i-1\", \"problem\": \"injected\"}"))
        .satisfies(
            status -> {
              assertThat(status.problem()).isNull();
              assertThat(status.instanceId()).isEqualTo("i-1");
            });
  }

  @Test
  void neverWritesWhyItCantBeRead() {
    assertThat(write(ComputeInstanceStatus.NONE.with(new Problem("status: nonsense", true))))
        .doesNotContain("problem")
        .doesNotContain("nonsense");
  }
}
