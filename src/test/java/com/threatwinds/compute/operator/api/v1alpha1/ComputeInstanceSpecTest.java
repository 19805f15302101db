package com.threatwinds.compute.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in a spec, reading it never fails, and never costs more than the field. */
class ComputeInstanceSpecTest {

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private static ComputeInstanceSpec read(String spec) {
    ComputeInstanceSpec read = resource("spec: " + spec).getSpec();
    assertThat(read).isNotNull();
    return read;
  }

  private static ComputeInstance resource(String more) {
    return YAML.unmarshal(
        """
        apiVersion: compute.threatwinds.com/v1alpha1
        kind: ComputeInstance
        metadata: {name: web, namespace: default}
        %s
        """
            .formatted(more),
        ComputeInstance.class);
  }

  @Test
  void readsAllItsFields() {
    assertThat(
            read(
                """
                {templateId: web-small, zone: us-central1-a, power: Restart, powerRequestId: "7",
                 instanceId: i-1, deletionPolicy: Retain}"""))
        .isEqualTo(
            new ComputeInstanceSpec(
                "web-small",
                "us-central1-a",
                Power.RESTART,
                "7",
                "i-1",
                DeletionPolicy.RETAIN,
                null));
  }

  @Test
  void readsTheLeastThatCanBeAsked() {
    assertThat(read("{templateId: web-small}"))
        .isEqualTo(new ComputeInstanceSpec("web-small", null, null, null, null, null, null));
  }

  @Test
  void takesNullForAbsent() {
    assertThat(
            read(
                """
                {templateId: web-small, zone: null, power: null, powerRequestId: null,
                 instanceId: null, deletionPolicy: null}"""))
        .isEqualTo(read("{templateId: web-small}"));
  }

  @Test
  void takesAnEmptyRequestIdForAbsent() {
    assertThat(read("{templateId: web-small, powerRequestId: \"\"}"))
        .isEqualTo(read("{templateId: web-small}"));
  }

  @Test
  void ignoresWhatItDoesNotKnow() {
    assertThat(read("{templateId: web-small, problem: injected, size: {huge: [1, 2]}}"))
        .isEqualTo(read("{templateId: web-small}"));
  }

  @Test
  void isAbsentWhereThereIsNone() {
    assertThat(resource("").getSpec()).isNull();
    assertThat(resource("spec: null").getSpec()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "5", "true", "[]", "[1]", "\"\""})
  void understandsNothingThatIsNoObjectAndThenRetains(String spec) {
    assertThat(read(spec).problem()).contains("spec: must be an object");
    assertThat(read(spec).deletionPolicy()).isEqualTo(DeletionPolicy.RETAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{templateId: null}", "{zone: us-central1-a}"})
  void saysThatATemplateIsRequired(String spec) {
    assertThat(read(spec).problem()).isEqualTo("spec.templateId: is required");
  }

  /** Every property, with every kind of value that it can't have. */
  static Stream<String[]> whatNoFieldMayBe() {
    return Stream.of(
            "templateId", "zone", "power", "powerRequestId", "instanceId", "deletionPolicy")
        .flatMap(
            field ->
                Stream.of(
                        "5",
                        "1.5",
                        "true",
                        "[]",
                        "{}",
                        "[web-small]",
                        "{is: web-small}",
                        "\"%s\"".formatted("x".repeat(129)),
                        "\"%s\"".formatted("x".repeat(1_000_000)))
                    .map(value -> new String[] {field, value}));
  }

  @ParameterizedTest
  @MethodSource
  void whatNoFieldMayBe(String field, String value) {
    String rest = "templateId: web-small, zone: z, power: Running, deletionPolicy: Delete";
    // The last of two equal keys would count: so the other fields are those that are not tested.
    String others =
        String.join(
            ", ", Arrays.stream(rest.split(", ")).filter(o -> !o.startsWith(field + ":")).toList());

    ComputeInstanceSpec spec = read("{%s, %s: %s}".formatted(others, field, value));

    assertThat(spec.problem()).startsWith("spec." + field + ": must ").hasSizeLessThan(200);
    assertThat(valueOf(spec, field)).isIn(null, DeletionPolicy.RETAIN);
    if (!field.equals("templateId")) {
      assertThat(spec.templateId()).isEqualTo("web-small");
    }
    if (!field.equals("power")) {
      assertThat(spec.power()).isEqualTo(Power.RUNNING);
    }
    if (!field.equals("deletionPolicy")) {
      assertThat(spec.deletionPolicy()).isEqualTo(DeletionPolicy.DELETE);
    }
  }

  private static @Nullable Object valueOf(ComputeInstanceSpec spec, String field) {
    return switch (field) {
      case "templateId" -> spec.templateId();
      case "zone" -> spec.zone();
      case "power" -> spec.power();
      case "powerRequestId" -> spec.powerRequestId();
      case "instanceId" -> spec.instanceId();
      case "deletionPolicy" -> spec.deletionPolicy();
      default -> throw new AssertionError(field);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "templateId     | ''",
        "templateId     | ' web'",
        "templateId     | -web",
        "templateId     | web small",
        "templateId     | web/../small",
        "templateId     | 'web\\n'",
        "templateId     | 'web\\u0000'",
        "templateId     | 'web\\e[31m'",
        "templateId     | wéb",
        "zone           | ''",
        "zone           | US-CENTRAL1-A",
        "zone           | -a",
        "zone           | us_central1",
        "zone           | 'us-central1-a\\n'",
        "zone           | a123456789a123456789a123456789a123456789a123456789a123456789abcd",
        "instanceId     | ''",
        "instanceId     | ../i-1",
        "instanceId     | i-1?x=y",
        "instanceId     | 'i-1\\r\\nx-evil: 1'",
        "powerRequestId | a123456789a123456789a123456789a123456789a123456789a123456789abcd",
        "power          | ''",
        "power          | running",
        "power          | RUNNING",
        "power          | Started",
        "power          | 'Running\\n'",
        "deletionPolicy | ''",
        "deletionPolicy | delete",
        "deletionPolicy | Orphan",
      })
  void understandsNoValueOutsideItsPattern(String field, String value) {
    String template = field.equals("templateId") ? "" : "templateId: web-small, ";

    ComputeInstanceSpec spec = read("{%s%s: \"%s\"}".formatted(template, field, value));

    assertThat(spec.problem()).startsWith("spec." + field + ": must ");
    assertThat(valueOf(spec, field)).isIn(null, DeletionPolicy.RETAIN);
  }

  @ParameterizedTest
  @CsvSource({
    "templateId, a",
    "templateId, 7.A_b-c",
    "zone, a",
    "zone, 1-",
    "instanceId, i-1",
    "instanceId, 8c7c0d1e-8f3a-4b2b-9a51-9d2b4c1f0a55",
    "powerRequestId, ' 2026-01-01 10:00, for Zoë '",
  })
  void understandsEveryValueWithinItsPattern(String field, String value) {
    String template = field.equals("templateId") ? "" : "templateId: web-small, ";

    ComputeInstanceSpec spec = read("{%s%s: \"%s\"}".formatted(template, field, value));

    assertThat(spec.problem()).isNull();
    assertThat(valueOf(spec, field)).isEqualTo(value);
  }

  @Test
  void measuresARequestIdInCharactersAsTheApiServerDoes() {
    String widest = "😀".repeat(63);

    assertThat(read("{templateId: t, powerRequestId: \"%s\"}".formatted(widest)).problem())
        .isNull();
    assertThat(read("{templateId: t, powerRequestId: \"%s\"}".formatted(widest + "x")).problem())
        .startsWith("spec.powerRequestId:");
  }

  @Test
  void retainsWhereItsDeletionPolicyCantBeUnderstood() {
    ComputeInstanceSpec spec = read("{templateId: web-small, deletionPolicy: Dlete}");

    assertThat(spec.deletionPolicy()).isEqualTo(DeletionPolicy.RETAIN);
    assertThat(spec.problem()).isEqualTo("spec.deletionPolicy: must be one of [Delete, Retain]");
  }

  @Test
  void keepsItsDeletionPolicyWhereSomethingElseCantBeUnderstood() {
    assertThat(read("{templateId: 5, deletionPolicy: Delete}").deletionPolicy())
        .isEqualTo(DeletionPolicy.DELETE);
    assertThat(read("{templateId: 5}").deletionPolicy()).isNull();
  }

  @Test
  void tellsOfAllThatItCantUnderstand() {
    assertThat(read("{templateId: 5, zone: 5, power: 5}").problem())
        .contains("spec.templateId:")
        .contains("spec.zone:")
        .contains("spec.power: must be one of [Running, Stopped, Restart, Reset]");
  }

  @Test
  void repeatsNothingOfWhatItCantUnderstand() {
    assertThat(
            read("{templateId: \"hunter2\\n\", zone: HUNTER2, power: hunter2, instanceId: [hunter2]}")
                .problem())
        .doesNotContainIgnoringCase("hunter2");
  }

  @Test
  void writesWordsAndLeavesOutWhatIsAbsent() {
    var resource = new ComputeInstance();
    resource.setSpec(
        new ComputeInstanceSpec(
            "web-small", null, Power.STOPPED, null, null, DeletionPolicy.RETAIN, null));

    assertThat(YAML.asJson(resource))
        .contains(
            "\"spec\":{\"templateId\":\"web-small\",\"power\":\"Stopped\","
                + "\"deletionPolicy\":\"Retain\"}");
  }

  @Test
  void neverWritesWhyItCantBeUnderstood() {
    var resource = new ComputeInstance();
    resource.setSpec(read("{templateId: 5}"));

    assertThat(resource.getSpec().problem()).isNotNull();
    assertThat(YAML.asJson(resource)).doesNotContain("problem").doesNotContain("must match");
  }

  @Test
  void readsWhatItWrites() {
    ComputeInstanceSpec spec =
        read("{templateId: a, zone: b, power: Reset, powerRequestId: c, deletionPolicy: Delete}");
    var resource = new ComputeInstance();
    resource.setSpec(spec);

    assertThat(YAML.unmarshal(YAML.asYaml(resource), ComputeInstance.class).getSpec())
        .isEqualTo(spec);
  }
}
