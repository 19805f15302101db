package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart, as Helm itself lints, checks and renders it. */
class HelmChartTest {

  private static final Path CHART = Path.of("deploy", "helm", "compute-operator");
  private static final String NAME = "compute-operator";

  /** Set by the chart's other values, or never in a pod. */
  private static final Set<String> NOT_FREE =
      Set.of(
          "COMPUTE_API_TOKEN",
          "COMPUTE_API_KEY",
          "COMPUTE_API_SECRET",
          "COMPUTE_API_CREDENTIALS_DIR",
          "OPERATOR_NAMESPACES",
          "OPERATOR_LABEL_SELECTOR",
          "OPERATOR_LEADER_ELECTION",
          "OPERATOR_LEASE_NAMESPACE",
          "QUARKUS_HTTP_PORT",
          "KUBECONFIG");

  @TempDir private Path directory;

  private Path values(String yaml) throws IOException {
    return Files.writeString(directory.resolve("values.yaml"), yaml);
  }

  private String render(String yaml) throws IOException {
    return new Helm(CHART)
        .template()
        .withName(NAME)
        .withNamespace(NAME)
        .withValuesFile(values(yaml))
        .call();
  }

  static Stream<Arguments> goodValues() {
    return Stream.of(
        Arguments.of("nothing", "{}", 11),
        Arguments.of("one replica", "replicas: 1", 10),
        Arguments.of("no definitions", "crds: {install: false}", 9),
        Arguments.of("definitions that go", "crds: {keep: false}", 11),
        Arguments.of("namespaces", "watch: {namespaces: [team-a, team-b]}", 15),
        Arguments.of("its own namespace", "watch: {namespaces: [compute-operator]}", 13),
        Arguments.of("no rights of its own", "rbac: {create: false, aggregate: false}", 5),
        Arguments.of(
            "an account of somebody's", "serviceAccount: {create: false, name: theirs}", 10),
        Arguments.of(
            "everything",
            """
            replicas: 3
            image: {repository: registry.example.com/op, tag: 1.2.3, pullPolicy: Always}
            imagePullSecrets: [{name: pull}]
            watch: {labelSelector: team=red}
            credentials: {secretName: elsewhere}
            settings:
              COMPUTE_RATE_CREATE: 20
              COMPUTE_CATALOG_INTERVAL: 0
              COMPUTE_API_ALLOW_HTTP: true
              LOG_LEVEL: DEBUG
              LOG_FORMAT: text
            serviceAccount: {annotations: {a: b}}
            networkPolicy: {enabled: true, extraEgressPorts: [3128]}
            serviceMonitor: {enabled: true, labels: {release: prometheus}}
            admissionPolicy: {enabled: true}
            resources: {requests: {cpu: 1}, limits: {memory: 1Gi}}
            priorityClassName: high
            podAnnotations: {c: d}
            podLabels: {e: f}
            nodeSelector: {kubernetes.io/os: linux}
            tolerations: [{operator: Exists}]
            affinity: {nodeAffinity: {}}
            spreadOver: [topology.kubernetes.io/zone]
            """
                .replace("{cpu: 1}", "{cpu: '1'}"),
            16),
        Arguments.of("another name", "fullnameOverride: vms", 11));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodValues")
  void isLintedRenderedAndReadStrictly(String what, String yaml, int objects) throws IOException {
    LintResult lint = new Helm(CHART).lint().strict().call();
    assertThat(lint.isFailed()).as(String.valueOf(lint.getMessages())).isFalse();

    String rendered = render(yaml);

    List<String> documents =
        Stream.of(rendered.split("(?m)^---$"))
            .filter(document -> document.contains("kind:"))
            .toList();
    List<HasMetadata> read = new ArrayList<>();
    for (String document : documents) {
      if (!document.contains("kind: ServiceMonitor")) {
        read.addAll(StrictYaml.read(document));
      }
    }
    assertThat(documents).as(kinds(documents)).hasSize(objects);
    assertThat(read)
        .filteredOn(object -> object.getMetadata().getNamespace() != null)
        .extracting(object -> object.getMetadata().getNamespace())
        .isSubsetOf(NAME, "team-a", "team-b");
    assertThat(Rendered.of(rendered).objects()).as("no two of one name").hasSize(documents.size());
  }

  private static String kinds(List<String> documents) {
    return documents.stream()
        .flatMap(document -> document.lines().filter(line -> line.startsWith("kind:")))
        .toList()
        .toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replica: 3",
        "replicas: 0",
        "replicas: two",
        "image: {digest: latest}",
        "image: {pullPolicy: Sometimes}",
        "watch: {namespaces: [Team_A]}",
        "settings: {COMPUTE_API_TOKEN: secret}",
        "settings: {COMPUTE_POLL_INTERVAL: soon}",
        "settings: {COMPUTE_RATE_CREATE: 0}",
        "settings: {COMPUTE_CREATE_RECOVERY: guess}",
        "credentials: {token: secret}",
        "terminationGracePeriodSeconds: 30",
        "networkPolicy: {extraEgressPorts: [70000]}",
        "rbac: {create: maybe}"
      })
  void refusesWhatCanNotBeMeant(String yaml) {
    assertThatThrownBy(() -> render(yaml)).hasMessageContaining("schema");
  }

  static Stream<Arguments> sameChoices() {
    return Stream.of(
        Arguments.of("base", ""),
        Arguments.of("overlays/namespaced", "watch: {namespaces: [team-a]}"),
        Arguments.of("overlays/ha", "{replicas: 3, spreadOver: [topology.kubernetes.io/zone]}"),
        Arguments.of("overlays/monitoring", "serviceMonitor: {enabled: true}"));
  }

  @ParameterizedTest
  @MethodSource("sameChoices")
  void isTheKustomizationForTheSameChoices(String kustomization, String yaml) throws IOException {
    var kubectl = Rendered.kubectl();
    assumeThat(kubectl).as("kubectl on the PATH").isPresent();
    Rendered kustomized =
        Rendered.of(Rendered.kustomize(kubectl.get(), Rendered.KUSTOMIZE.resolve(kustomization)));

    Rendered helm = Rendered.of(render("image: {tag: dev}\n" + flow(yaml)));

    Map<String, JsonNode> ours =
        helm.without("ClusterRole  compute-operator-view", "ClusterRole  compute-operator-edit")
            .plain()
            .objects();
    Map<String, JsonNode> theirs =
        withLabelsOfDefinitions(kustomized.without("Namespace")).plain().objects();
    assertThat(ours).as("a Namespace is the release's own").containsOnlyKeys(theirs.keySet());
    theirs.forEach((key, object) -> assertThat(ours.get(key)).as(key).isEqualTo(object));
  }

  private static String flow(String yaml) {
    return yaml.startsWith("{")
        ? yaml.substring(1, yaml.length() - 1).replaceAll(", (\\w+: )", "\n$1")
        : yaml;
  }

  /** The chart labels them, so that they are found when it is gone. */
  private static Rendered withLabelsOfDefinitions(Rendered rendered) {
    rendered
        .objects()
        .forEach(
            (key, object) -> {
              if (key.startsWith("CustomResourceDefinition")) {
                ((com.fasterxml.jackson.databind.node.ObjectNode) object.path("metadata"))
                    .putObject("labels")
                    .put("app.kubernetes.io/name", NAME);
              }
            });
    return rendered;
  }

  @Test
  void bringsTheGeneratedDefinitions() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("crds"))) {
      for (Path file : files.toList()) {
        assertThat(CHART.resolve("files").resolve("crds").resolve(file.getFileName()))
            .as("make manifests")
            .hasSameTextualContentAs(file);
      }
    }
    try (Stream<Path> copies = Files.list(CHART.resolve("files").resolve("crds"))) {
      assertThat(copies.map(copy -> Path.of("crds").resolve(copy.getFileName())))
          .allMatch(Files::exists);
    }
  }

  @Test
  void offersEachSettingOfTheOperator() throws IOException {
    Set<String> read = new TreeSet<>(Set.of("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"));
    Map<String, String> values =
        Map.of("compute.api.url", "http://127.0.0.1", "compute.api.token", "any");
    Settings.read(
        property -> {
          read.add(property.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT));
          return Optional.ofNullable(values.get(property));
        },
        false);
    read.removeAll(NOT_FREE);
    JsonNode schema = new ObjectMapper().readTree(CHART.resolve("values.schema.json").toFile());

    List<String> offered = new ArrayList<>();
    schema.at("/properties/settings/properties").fieldNames().forEachRemaining(offered::add);

    assertThat(offered).containsExactlyInAnyOrderElementsOf(read);
  }

  @Test
  void givesNobodyTheStatus() throws IOException {
    Rendered.of(render(""))
        .objects()
        .forEach(
            (key, object) -> {
              if (object.at("/metadata/labels").toString().contains("aggregate-to")) {
                assertThat(object.path("rules").toString()).as(key).doesNotContain("status", "*");
              }
            });
  }

  @Test
  void saysInWhichOrderToUninstall() throws IOException {
    assertThat(Files.readString(CHART.resolve("templates").resolve("NOTES.txt")))
        .containsSubsequence(
            "kubectl delete computeinstances --all", "helm uninstall", "kubectl delete crd");
  }
}
