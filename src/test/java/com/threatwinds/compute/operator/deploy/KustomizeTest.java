package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kustomizations, as kubectl renders them. */
class KustomizeTest {

  private static final Path BASE = Rendered.KUSTOMIZE.resolve("base");

  /** A kind of somebody else's, whose model is not at hand. */
  private static final String FOREIGN = "ServiceMonitor";

  private static String render(String directory) {
    var kubectl = Rendered.kubectl();
    assumeThat(kubectl).as("kubectl on the PATH").isPresent();
    return Rendered.kustomize(kubectl.get(), Rendered.KUSTOMIZE.resolve(directory));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "base",
        "overlays/namespaced",
        "overlays/ha",
        "overlays/monitoring",
        "overlays/demo"
      })
  void isRenderedAndReadStrictly(String directory) {
    String known =
        Stream.of(render(directory).split("(?m)^---$"))
            .filter(document -> !document.contains("kind: " + FOREIGN))
            .reduce((one, other) -> one + "---" + other)
            .orElseThrow();

    List<HasMetadata> objects = StrictYaml.read(known);

    assertThat(objects).hasSizeGreaterThanOrEqualTo(10);
    assertThat(objects)
        .filteredOn(object -> object.getKind().equals("Deployment"))
        .allSatisfy(
            object ->
                assertThat(object.getMetadata().getNamespace()).isEqualTo("compute-operator"));
  }

  @Test
  void theBaseIsInstallYaml() {
    assertThat(Rendered.of(render("base")).objects())
        .isEqualTo(Rendered.of(InstallManifest.text()).objects());
  }

  @Test
  void installYamlIsTheFilesOfTheBaseInTheirOrder() throws IOException {
    StringBuilder joined = new StringBuilder();
    JsonNode kustomization =
        new YAMLMapper().readTree(Files.readString(BASE.resolve("kustomization.yaml")));
    for (JsonNode file : kustomization.path("resources")) {
      joined.append(joined.isEmpty() ? "" : "---\n");
      joined.append(Files.readString(BASE.resolve(file.asText())));
    }

    assertThat(InstallManifest.text().replaceFirst("(?s)^(#[^\n]*\n)+", ""))
        .as("make manifests")
        .isEqualTo(joined.toString());
  }

  @Test
  void grantsInANamespaceWhatItGrantsInTheCluster() {
    Rendered base = Rendered.of(render("base"));
    Rendered namespaced = Rendered.of(render("overlays/namespaced"));
    JsonNode everywhere = base.objects().get("ClusterRole  compute-operator").path("rules");
    JsonNode cluster = namespaced.objects().get("ClusterRole  compute-operator").path("rules");
    JsonNode team = namespaced.objects().get("Role team-a compute-operator").path("rules");

    assertThat(team)
        .containsExactlyElementsOf(
            rules(everywhere)
                .filter(rule -> !isOf(rule, "computetemplates", "customresourcedefinitions"))
                .toList());
    assertThat(cluster)
        .containsExactlyElementsOf(
            rules(everywhere).filter(rule -> isOf(rule, "customresourcedefinitions")).toList());
  }

  private static Stream<JsonNode> rules(JsonNode rules) {
    return Stream.iterate(0, i -> i + 1).limit(rules.size()).map(rules::get);
  }

  private static boolean isOf(JsonNode rule, String... resources) {
    return Stream.of(resources)
        .anyMatch(resource -> rule.at("/resources/0").asText().startsWith(resource));
  }
}
