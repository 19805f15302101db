package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.threatwinds.compute.operator.simulator.SimulatorMain;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kustomizations, as kubectl renders them. */
class KustomizeTest {

  private static final Path BASE = Rendered.KUSTOMIZE.resolve("base");

  /** Kinds of somebody else's, whose model is not at hand. */
  private static final String FOREIGN = "apiVersion: monitoring.coreos.com/v1";

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
            .filter(document -> !document.contains(FOREIGN))
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

  private static final Pattern VARIABLE_OF_THE_IMAGE = Pattern.compile("(SIM_\\w+)=(\\S+)");

  /** Needs no kubectl: the files are read as they are. */
  @Test
  void theDemoRunsASimulatorWhereItsOperatorLooksForIt() throws IOException {
    Path demo = Rendered.KUSTOMIZE.resolve("overlays").resolve("demo");
    var simulator =
        new InstallManifest(StrictYaml.read(Files.readString(demo.resolve("simulator.yaml"))));
    Service service = simulator.only(Service.class);
    Container container = simulator.container();
    Map<String, String> environment =
        VARIABLE_OF_THE_IMAGE
            .matcher(Files.readString(Path.of("Dockerfile")))
            .results()
            .collect(Collectors.toMap(variable -> variable.group(1), value -> value.group(2)));

    assertThat(container.getEnv()).isEmpty();
    Map<String, String> flags = SimulatorMain.flags(new String[0], environment);

    Map<String, String> changed = new TreeMap<>(flags);
    changed.entrySet().removeAll(SimulatorMain.flags(new String[0], Map.of()).entrySet());
    assertThat(changed).containsOnly(entry("bind", "0.0.0.0"), entry("port", "8080"));
    assertThat(container.getPorts())
        .extracting(port -> port.getName() + "=" + port.getContainerPort())
        .containsExactly(
            service.getSpec().getPorts().getFirst().getTargetPort().getStrVal() + "=8080");
    assertThat(simulator.only(Deployment.class).getSpec().getTemplate().getMetadata().getLabels())
        .isEqualTo(service.getSpec().getSelector());
    assertThat(simulator.only(Secret.class).getStringData())
        .containsOnly(entry("token", flags.get("token")));
    assertThat(simulator.only(Secret.class).getMetadata().getName())
        .isEqualTo(
            InstallManifest.read()
                .only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getVolumes()
                .getFirst()
                .getSecret()
                .getSecretName());
    assertThat(Files.readString(demo.resolve("kustomization.yaml")))
        .contains(
            "http://%s.%s.svc:%d%s"
                .formatted(
                    service.getMetadata().getName(),
                    service.getMetadata().getNamespace(),
                    service.getSpec().getPorts().getFirst().getPort(),
                    flags.get("base-path")));
  }

  @Test
  void guardsNoPodThatIsTheOnlyOne() {
    assertThat(Rendered.of(render("overlays/demo")).objects().keySet())
        .noneMatch(key -> key.startsWith("PodDisruptionBudget"));
    assertThat(Rendered.of(render("overlays/ha")).objects().keySet())
        .anyMatch(key -> key.startsWith("PodDisruptionBudget"));
  }

  private static Stream<JsonNode> rules(JsonNode rules) {
    return Stream.iterate(0, i -> i + 1).limit(rules.size()).map(rules::get);
  }

  private static boolean isOf(JsonNode rule, String... resources) {
    return Stream.of(resources)
        .anyMatch(resource -> rule.at("/resources/0").asText().startsWith(resource));
  }
}
