package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.testing.Subject;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Resources that make no sense. No schema stands in the way, as on a server that is old or whose
 * definition was loosened by hand.
 */
class InputIT {

  @RegisterExtension
  private static final OperatorFixture it = OperatorFixture.standard().onOwnCluster(loosened());

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Our definition without its schema. */
  private static Path loosened() {
    JSONSchemaProps anything =
        new JSONSchemaPropsBuilder().withXKubernetesPreserveUnknownFields(true).build();
    JSONSchemaProps schema =
        new JSONSchemaPropsBuilder()
            .withType("object")
            .addToProperties("spec", anything)
            .addToProperties("status", anything)
            .build();
    try (Stream<Path> files = Files.list(Path.of("crds"))) {
      Path definitions = Files.createTempDirectory(Path.of("target"), "loose-crds");
      for (Path file : files.toList()) {
        CustomResourceDefinition definition =
            Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
        definition
            .getSpec()
            .getVersions()
            .forEach(version -> version.getSchema().setOpenAPIV3Schema(schema));
        Files.writeString(
            definitions.resolve(file.getFileName()), Serialization.asYaml(definition));
      }
      return definitions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Subject applySpec(String name, String spec) {
    ObjectNode json = JSON.createObjectNode();
    json.set("spec", json(spec));
    return it.applyJson(it.namespace(), name, json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "\"ubuntu-22-standard\"",
        "[1, 2]",
        "{\"templateId\": 5}",
        "{\"templateId\": {\"a\": [1]}}",
        "{\"templateId\": \"../../admin\"}",
        "{\"templateId\": \"ubuntu-22-standard\", \"zone\": [\"a\"]}",
        "{\"templateId\": \"ubuntu-22-standard\", \"power\": \"Sideways\"}",
        "{\"templateId\": \"ubuntu-22-standard\", \"power\": {\"on\": true}}",
        "{\"templateId\": \"ubuntu-22-standard\", \"powerRequestId\": 12.5}",
        "{\"templateId\": \"ubuntu-22-standard\", \"deletionPolicy\": \"Maybe\"}",
        "{\"templateId\": \"ubuntu-22-standard\", \"instanceId\": false}"
      })
  void aSpecThatMakesNoSenseIsSaidSoAndOthersGoOn(String spec) {
    it.operator();

    Subject senseless = applySpec("senseless", spec).awaitStalled("InvalidSpec");
    Subject web = it.apply("web").awaitReady("Running");

    assertThat(senseless.message()).contains("spec");
    senseless.awaitEvent("InvalidSpec");
    assertThat(senseless.now().path("spec")).as("never written").isEqualTo(json(spec));
    web.delete().awaitGone();
    senseless.delete().awaitGone();
    assertThat(it.attempts()).containsExactly(CREATE, DELETE);
  }

  @Test
  void aSpecThatIsMendedIsCarriedOut() {
    it.operator();
    Subject web = applySpec("web", "{\"templateId\": 5}").awaitStalled("InvalidSpec");

    web.set("templateId", OperatorFixture.TEMPLATE).awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void aBoundInstanceIsLeftAloneWhileItsSpecMakesNoSense() {
    Subject web = it.running("web", "power", "Running");

    web.set("power", 7).awaitStalled("InvalidSpec");
    it.awaitLists(1);
    web.power("Stopped").awaitReady("Stopped");

    assertThat(it.attempts()).containsExactly(CREATE, STOP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"instanceId\": {\"a\": 1}}",
        "{\"conditions\": \"none\"}",
        "{\"create\": [1]}",
        "{\"power\": {\"outcome\": \"Perhaps\"}}"
      })
  void aStatusThatMakesNoSenseIsKeptAndSaidSoAndOthersGoOn(String status) {
    Subject broken = it.running("broken");
    String id = broken.instanceId();

    broken.forgeStatus(json(status));

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(broken.events())
                    .anySatisfy(event -> assertThat(event.getNote()).contains("status")));
    it.apply("web").awaitReady("Running");
    assertThat(broken.status()).isEqualTo(json(status));
    assertThat(it.operator().log()).contains("ERROR").contains(broken.name());
    ObjectNode mended = JSON.createObjectNode();
    mended.put("instanceId", id);
    broken.forgeStatus(mended).awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE, CREATE);
  }

  @Test
  void resourcesThatCannotBeReadDoNotKeepTheOperatorFromStarting() {
    it.operator();
    it.stopOperator();
    applySpec("a", "\"text\"");
    applySpec("b", "{\"templateId\": {\"a\": [1]}}");

    it.operator();

    it.apply("web").awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void anImmutableValueThatChangedStallsAndRecoversWhenSetBack() {
    Subject web = it.running("web", "zone", "us-central1-a", "power", "Running");

    for (Object[] change :
        List.of(
            new Object[] {"zone", "us-central1-b", "us-central1-a"},
            new Object[] {"zone", null, "us-central1-a"},
            new Object[] {"templateId", "debian-12-standard", OperatorFixture.TEMPLATE},
            new Object[] {"instanceId", "tw-7d0c2a-00000000", null})) {
      String field = (String) change[0];
      web.set(field, change[1]).awaitStalled("ImmutableFieldChanged");
      assertThat(web.message()).contains(field);
      web.set(field, change[2]).awaitReady("Running");
    }

    web.awaitEvent("ImmutableFieldChanged");
    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).hasSize(1);
  }

  @Test
  void aHostileAnnotationIsHarmless() {
    Subject web = it.running("web", "power", "Running");

    web.annotate("restart-requested", "\u001b[31m" + "x".repeat(5000));
    web.annotate("paused", "maybe").annotate("resolve-create", "adopt:../../x");

    await()
        .atMost(Subject.PATIENCE)
        .until(() -> web.status().at("/power/outcome").asText().equals("Accepted"));
    assertThat(web.status().at("/power/requestId").asText()).hasSizeLessThanOrEqualTo(63);
    web.awaitReady("Running");
  }
}
