package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.threatwinds.compute.operator.settings.Settings;
import com.threatwinds.compute.operator.testing.Monitoring;
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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart, as Helm itself lints, checks and renders it. */
class HelmChartTest {

  private static final Path CHART = Chart.DIRECTORY;
  private static final String NAME = Chart.NAME;

  /** Set by the chart's other values, or never in a pod. */
  private static final Set<String> NOT_FREE =
      Set.of(
          "COMPUTE_API_TOKEN",
          "COMPUTE_API_KEY",
          "COMPUTE_API_SECRET",
          "COMPUTE_API_CREDENTIALS_DIR",
          "COMPUTE_API_CA_FILE",
          "OPERATOR_NAMESPACES",
          "OPERATOR_LABEL_SELECTOR",
          "OPERATOR_LEADER_ELECTION",
          "OPERATOR_LEASE_NAMESPACE",
          "QUARKUS_HTTP_PORT",
          "KUBECONFIG");

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
            certificateAuthorities: {configMap: authorities, key: all.pem}
            settings:
              COMPUTE_RATE_CREATE: 20
              COMPUTE_CATALOG_INTERVAL: 0
              COMPUTE_API_ALLOW_HTTP: true
              LOG_LEVEL: DEBUG
              LOG_FORMAT: text
            serviceAccount: {annotations: {a: b}}
            networkPolicy: {enabled: true, extraEgressPorts: [3128]}
            serviceMonitor: {enabled: true, labels: {release: prometheus}}
            prometheusRule: {enabled: true, labels: {release: prometheus}}
            grafanaDashboard: {enabled: true, labels: {dashboards: ours}}
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
            18),
        Arguments.of("another name", "fullnameOverride: vms", 11));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodValues")
  void isLintedRenderedAndReadStrictly(String what, String yaml, int objects) throws IOException {
    LintResult lint = new Helm(CHART).lint().strict().call();
    assertThat(lint.isFailed()).as(String.valueOf(lint.getMessages())).isFalse();

    String rendered = Chart.render(yaml);

    List<String> documents = Chart.documents(rendered);
    List<HasMetadata> read = new ArrayList<>();
    for (String document : documents) {
      if (!document.contains("apiVersion: monitoring.coreos.com/v1")) {
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
        "terminationGracePeriodSeconds: 0",
        "certificateAuthorities: {key: a/b}",
        "settings: {COMPUTE_API_CA_FILE: /tmp/ca.crt}",
        "networkPolicy: {extraEgressPorts: [70000]}",
        "rbac: {create: maybe}",
        "prometheusRule: {enabled: 1}",
        "prometheusRule: {labels: {release: 1}}",
        "grafanaDashboard: {folder: compute}"
      })
  void refusesWhatCanNotBeMeant(String yaml) {
    assertThatThrownBy(() -> Chart.render(yaml)).hasMessageContaining("schema");
  }

  static Stream<Arguments> sameChoices() {
    return Stream.of(
        Arguments.of("base", ""),
        Arguments.of("overlays/namespaced", "watch: {namespaces: [team-a]}"),
        Arguments.of("overlays/ha", "{replicas: 3, spreadOver: [topology.kubernetes.io/zone]}"),
        Arguments.of(
            "overlays/monitoring",
            "serviceMonitor: {enabled: true}\nprometheusRule: {enabled: true}\n"
                + "grafanaDashboard: {enabled: true}"),
        Arguments.of(
            "overlays/demo",
            """
            replicas: 1
            settings:
              COMPUTE_API_URL: http://compute-simulator.compute-operator.svc:8080/api/compute/v1
              COMPUTE_API_ALLOW_HTTP: true
            """));
  }

  @ParameterizedTest
  @MethodSource("sameChoices")
  void isTheKustomizationForTheSameChoices(String kustomization, String yaml) throws IOException {
    Rendered kustomized = Rendered.of(kustomized(kustomization));

    Rendered helm = Rendered.of(Chart.render("image: {tag: dev}\n" + flow(yaml)));

    Map<String, JsonNode> ours =
        helm.without("ClusterRole  compute-operator-view", "ClusterRole  compute-operator-edit")
            .plain()
            .objects();
    Map<String, JsonNode> theirs =
        withLabelsOfDefinitions(
                kustomized.without(
                    "Namespace",
                    "Secret",
                    "Deployment compute-operator compute-simulator",
                    "Service compute-operator compute-simulator"))
            .plain()
            .objects();
    assertThat(ours).as("a Namespace is the release's own").containsOnlyKeys(theirs.keySet());
    theirs.forEach((key, object) -> assertThat(ours.get(key)).as(key).isEqualTo(object));
  }

  /** The base is install.yaml, as another test holds it to, and so needs no kubectl. */
  private static String kustomized(String kustomization) {
    if (kustomization.equals("base")) {
      return InstallManifest.text();
    }
    var kubectl = Rendered.kubectl();
    assumeThat(kubectl).as("kubectl on the PATH").isPresent();
    return Rendered.kustomize(kubectl.get(), Rendered.KUSTOMIZE.resolve(kustomization));
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
  void bringsTheAlertsAndTheDashboardAsTheyAre() {
    for (Path file : List.of(Monitoring.RULES, Monitoring.DASHBOARD)) {
      assertThat(CHART.resolve("files").resolve("monitoring").resolve(file.getFileName()))
          .as("make manifests")
          .hasSameBinaryContentAs(file);
    }
    JsonNode rule =
        Rendered.of(Chart.render("prometheusRule: {enabled: true, labels: {release: theirs}}"))
            .objects()
            .get("PrometheusRule " + NAME + " " + NAME);

    assertThat(rule.get("spec")).isEqualTo(Monitoring.yaml(Monitoring.RULES));
    assertThat(rule.at("/metadata/labels/release").asText()).isEqualTo("theirs");
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
  void writesNumbersAsTheOperatorReadsThem() {
    Map<String, String> settings =
        settings("settings: {COMPUTE_RATE_CREATE: 1000000, COMPUTE_RATE_GET: '20'}");

    assertThat(settings)
        .containsEntry("COMPUTE_RATE_CREATE", "1000000")
        .containsEntry("COMPUTE_RATE_GET", "20");
  }

  @Test
  void mountsTheCertificateAuthoritiesWhereTheOperatorReadsThem() {
    String yaml = "certificateAuthorities: {configMap: authorities, key: all.pem}";
    JsonNode pod = deployment(yaml).at("/spec/template/spec");

    assertThat(settings(yaml)).containsEntry("COMPUTE_API_CA_FILE", "/etc/compute-api/all.pem");
    assertThat(pod.path("volumes").findValuesAsText("configMap")).hasSize(1);
    assertThat(pod.at("/volumes/1/configMap/name").asText()).isEqualTo("authorities");
    assertThat(pod.at("/containers/0/volumeMounts/1/mountPath").asText())
        .isEqualTo("/etc/compute-api");
    assertThat(pod.at("/containers/0/volumeMounts/1/name")).isEqualTo(pod.at("/volumes/1/name"));
  }

  /** The longest shutdown is the operator's own figure. */
  @ParameterizedTest
  @ValueSource(strings = {"500ms", "30s", "2m"})
  void refusesAGracePeriodInWhichAnAnswerCouldNotBeRecorded(String timeout) {
    Map<String, String> values = Map.of("compute.api.token", "any", "compute.api.timeout", timeout);
    Settings settings = Settings.read(property -> Optional.ofNullable(values.get(property)), false);
    long enough = settings.longestShutdown().toSeconds() + 1;
    String yaml = "{settings: {COMPUTE_API_TIMEOUT: %s}, terminationGracePeriodSeconds: %d}";

    assertThat(
            deployment(yaml.formatted(timeout, enough))
                .at("/spec/template/spec/terminationGracePeriodSeconds")
                .asLong())
        .isEqualTo(enough);
    assertThatThrownBy(() -> Chart.render(yaml.formatted(timeout, enough - 1)))
        .hasMessageContaining("terminationGracePeriodSeconds must be at least " + enough);
  }

  @Test
  void refusesWhatIsTooShortForTheDefault() {
    assertThatThrownBy(() -> Chart.render("terminationGracePeriodSeconds: 65"))
        .hasMessageContaining("must be at least 66, because COMPUTE_API_TIMEOUT is 30s");
  }

  private static JsonNode deployment(String yaml) {
    return Rendered.of(Chart.render(yaml)).objects().get("Deployment " + NAME + " " + NAME);
  }

  private static Map<String, String> settings(String yaml) {
    Map<String, String> settings = new TreeMap<>();
    for (JsonNode variable : deployment(yaml).at("/spec/template/spec/containers/0/env")) {
      settings.put(variable.path("name").asText(), variable.path("value").asText());
    }
    return settings;
  }

  @Test
  void givesNobodyTheStatus() {
    Rendered.of(Chart.render(""))
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
    String[] order = {"kubectl delete computeinstances --all", "helm uninstall"};

    assertThat(Files.readString(CHART.resolve("templates").resolve("NOTES.txt")))
        .containsSubsequence(order)
        .contains("kubectl delete crd");
    assertThat(Files.readString(Path.of("docs", "install.md"))).containsSubsequence(order);
    assertThat(Files.readString(Path.of("README.md")))
        .containsSubsequence(order[0], "kubectl delete -f deploy/install.yaml");
  }
}
