package com.threatwinds.compute.operator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.compute.Credentials;
import com.threatwinds.compute.operator.compute.DirectoryCredentials;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplesTest {

  private static final Path SECRET = Samples.DIRECTORY.resolve("00-credentials-secret.yaml");

  static List<Path> instances() {
    return Samples.instances();
  }

  @ParameterizedTest
  @MethodSource("instances")
  void anInstanceIsValidByTheSchema(Path file) {
    GenericKubernetesResource sample = Samples.read(file);
    JSONSchemaProps schema = schemaOfSpec();

    Map<String, Object> spec = sample.get("spec");

    assertThat(sample.getAdditionalProperties()).containsOnlyKeys("spec");
    assertThat(spec).containsKeys(schema.getRequired().toArray(String[]::new));
    spec.forEach(
        (field, value) -> {
          JSONSchemaProps property = schema.getProperties().get(field);
          assertThat(property).as(field).isNotNull();
          assertThat(value).as(field).isInstanceOf(String.class);
          if (property.getPattern() != null) {
            assertThat((String) value).as(field).matches(property.getPattern());
          }
          if (property.getMaxLength() != null) {
            assertThat(((String) value).length())
                .as(field)
                .isLessThanOrEqualTo(property.getMaxLength().intValue());
          }
          if (property.getEnum() != null && !property.getEnum().isEmpty()) {
            assertThat(property.getEnum())
                .as(field)
                .extracting(JsonNode::textValue)
                .contains((String) value);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("instances")
  void anInstanceIsForTheCurrentNamespaceAndExplainsItself(Path file) {
    GenericKubernetesResource sample = Samples.read(file);

    assertThat(sample.getKind()).isEqualTo("ComputeInstance");
    assertThat(sample.getMetadata().getNamespace()).isNull();
    assertThat(file.getFileName().toString())
        .endsWith("-" + sample.getMetadata().getName() + ".yaml");
    assertThat(Samples.text(file)).startsWith("# ");
  }

  @Test
  void theKustomizationListsAllInstancesAndNoSecret() {
    String kustomization = Samples.text(Samples.DIRECTORY.resolve("kustomization.yaml"));
    Map<?, ?> content = Serialization.unmarshal(kustomization, Map.class);

    assertThat(content.get("resources"))
        .isEqualTo(
            Samples.instances().stream().map(file -> file.getFileName().toString()).toList());
  }

  @Test
  void theSecretHoldsWhatTheOperatorReadsAndNothingReal(@TempDir Path mounted) throws IOException {
    Secret secret = Serialization.unmarshal(Samples.text(SECRET), Secret.class);

    for (Map.Entry<String, String> entry : secret.getStringData().entrySet()) {
      Files.writeString(mounted.resolve(entry.getKey()), entry.getValue());
    }

    assertThat(secret.getMetadata().getNamespace()).isEqualTo("compute-operator");
    assertThat(secret.getStringData().values())
        .allMatch(value -> value.startsWith("REPLACE-WITH-"));
    assertThat(new DirectoryCredentials(mounted).current())
        .containsInstanceOf(Credentials.KeyPair.class);
  }

  private static JSONSchemaProps schemaOfSpec() {
    CustomResourceDefinition definition =
        Serialization.unmarshal(
            Samples.text(Path.of("crds", "computeinstances.compute.threatwinds.com-v1.yml")),
            CustomResourceDefinition.class);
    return definition
        .getSpec()
        .getVersions()
        .getFirst()
        .getSchema()
        .getOpenAPIV3Schema()
        .getProperties()
        .get("spec");
  }
}
