package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/gitops.md} and the examples in {@code deploy/argocd}, read as strictly as we can. */
class GitOpsTest {

  private static final Path GUIDE = Path.of("docs", "gitops.md");
  private static final Path ARGOCD = Path.of("deploy", "argocd");
  private static final String INSTANCE = ComputeInstance.GROUP + "/v1alpha1 ComputeInstance";

  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * The fields that are used of what others define, by the definitions of Argo CD 3.6 and Flux's
   * kustomize-controller 1.9. A misspelt one would be dropped in silence.
   */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "argoproj.io/v1alpha1 Application",
          Set.of(
              "project",
              "source.repoURL",
              "source.targetRevision",
              "source.path",
              "destination.server",
              "destination.namespace",
              "syncPolicy.automated.prune",
              "syncPolicy.automated.selfHeal",
              "syncPolicy.syncOptions",
              "syncPolicy.retry.limit",
              "syncPolicy.retry.backoff.duration",
              "syncPolicy.retry.backoff.factor",
              "syncPolicy.retry.backoff.maxDuration",
              "ignoreDifferences.group",
              "ignoreDifferences.kind",
              "ignoreDifferences.jsonPointers"),
          "argoproj.io/v1alpha1 AppProject",
          Set.of(
              "description",
              "sourceRepos",
              "destinations.server",
              "destinations.namespace",
              "clusterResourceWhitelist",
              "namespaceResourceWhitelist.group",
              "namespaceResourceWhitelist.kind",
              "roles.name",
              "roles.description",
              "roles.groups",
              "roles.policies"),
          "kustomize.toolkit.fluxcd.io/v1 Kustomization",
          Set.of(
              "interval",
              "retryInterval",
              "timeout",
              "path",
              "targetNamespace",
              "sourceRef.kind",
              "sourceRef.name",
              "wait",
              "prune",
              "force",
              "deletionPolicy",
              "healthCheckExprs.apiVersion",
              "healthCheckExprs.kind",
              "healthCheckExprs.inProgress",
              "healthCheckExprs.failed",
              "healthCheckExprs.current"));

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> matches(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  static List<String> blocks() {
    return matches(text(GUIDE), "(?s)```yaml\n(.*?)```");
  }

  private static List<JsonNode> documents() throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    for (String block : blocks()) {
      documents.add(YAML.readTree(block));
    }
    documents.add(YAML.readTree(text(ARGOCD.resolve("application.yaml"))));
    documents.add(YAML.readTree(text(ARGOCD.resolve("appproject.yaml"))));
    return documents;
  }

  private static String typeOf(JsonNode document) {
    return document.path("apiVersion").textValue() + " " + document.path("kind").textValue();
  }

  // -- what is written is what there is

  @ParameterizedTest
  @MethodSource("blocks")
  void everyExampleIsOneThatWouldBeTaken(String block) throws IOException {
    JsonNode document = YAML.readTree(block);
    String type = typeOf(document);

    if (type.equals(INSTANCE)) {
      assertThat(StrictYaml.read(block)).hasOnlyElementsOfType(ComputeInstance.class);
    } else if (FIELDS.containsKey(type)) {
      assertThat(FIELDS.get(type)).containsAll(paths(document.path("spec")));
    } else {
      // Its own tool reads it, in theComponentAddsTheScriptsToWhatIsThere.
      assertThat(type).isEqualTo("kustomize.config.k8s.io/v1beta1 Kustomization");
    }
  }

  @Test
  void theSamplesOfArgoCdHaveNoOtherFields() throws IOException {
    for (String name : List.of("application", "appproject")) {
      JsonNode document = YAML.readTree(text(ARGOCD.resolve(name + ".yaml")));

      assertThat(FIELDS.get(typeOf(document))).containsAll(paths(document.path("spec")));
    }
  }

  private static Set<String> paths(JsonNode spec) {
    Set<String> paths = new TreeSet<>();
    collect("", spec, paths);
    return paths;
  }

  private static void collect(String path, JsonNode node, Set<String> into) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              e ->
                  collect(
                      path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), into));
    } else if (node.isArray() && !node.isEmpty()) {
      node.forEach(element -> collect(path, element, into));
    } else {
      into.add(path);
    }
  }

  // -- what is advised is kept

  @Test
  void nothingOfOursReplacesOrForces() throws IOException {
    for (JsonNode document : documents()) {
      List<String> options = new ArrayList<>();
      document
          .path("spec")
          .path("syncPolicy")
          .path("syncOptions")
          .forEach(o -> options.add(o.asText()));
      document.path("metadata").path("annotations").forEach(a -> options.add(a.asText()));

      assertThat(String.join(",", options)).doesNotContain("Replace=", "Force=");
      assertThat(document.path("spec").path("force").asBoolean()).isFalse();
    }
  }

  @Test
  void theApplicationAsksBeforeItPrunesOrDeletesAndHealsDrift() throws IOException {
    JsonNode policy =
        YAML.readTree(text(ARGOCD.resolve("application.yaml"))).path("spec").path("syncPolicy");
    List<String> options = new ArrayList<>();
    policy.path("syncOptions").forEach(option -> options.add(option.textValue()));

    assertThat(options)
        .contains("Prune=confirm", "Delete=confirm", "RespectIgnoreDifferences=true");
    assertThat(policy.path("automated").path("selfHeal").asBoolean()).isTrue();
  }

  @Test
  void theGroupOfTheProjectMayUseActionsThatThereAre() throws IOException {
    String project = text(ARGOCD.resolve("appproject.yaml"));
    List<String> named = matches(project, "ComputeInstance/([a-z]+),");

    assertThat(named)
        .isNotEmpty()
        .allSatisfy(
            action -> assertThat(actions().resolve(action).resolve("action.lua")).isRegularFile());
  }

  @Test
  void theGuideNamesEveryAction() throws IOException {
    String table = text(GUIDE).substring(text(GUIDE).indexOf("### Actions"));
    try (Stream<Path> files = Files.list(actions())) {
      assertThat(files.filter(file -> Files.exists(file.resolve("action.lua"))))
          .isNotEmpty()
          .allSatisfy(action -> assertThat(table).contains("`" + action.getFileName() + "`"));
    }
  }

  private static Path actions() {
    return ARGOCD.resolve(
        "resource_customizations/" + ComputeInstance.GROUP + "/ComputeInstance/actions");
  }

  // -- what the tools make of it

  @Test
  void theComponentAddsTheScriptsToWhatIsThere(@TempDir Path directory) throws Exception {
    String kubectl = kubectl();
    Path own = Files.createDirectories(directory.resolve("argocd"));
    Path ours = Files.createDirectories(directory.resolve("compute-operator/deploy/argocd"));
    for (String file : List.of("kustomization.yaml", "argocd-cm.yaml")) {
      Files.copy(ARGOCD.resolve(file), ours.resolve(file));
    }
    String example =
        blocks().stream().filter(b -> b.contains("components:")).findFirst().orElseThrow();
    Files.writeString(own.resolve("kustomization.yaml"), example);
    Files.writeString(own.resolve("argocd-install.yaml"), THEIRS);

    assertMerged(run(kubectl, "kustomize", own.toString()));
  }

  @Test
  void thePatchAddsTheScriptsToWhatIsThere(@TempDir Path directory) throws Exception {
    String kubectl = kubectl();
    Path theirs = Files.writeString(directory.resolve("theirs.yaml"), THEIRS);
    assertThat(text(GUIDE)).contains("--patch-file deploy/argocd/argocd-cm.yaml");

    assertMerged(
        run(
            kubectl,
            "patch",
            "--local",
            "--filename",
            theirs.toString(),
            "--patch-file",
            ARGOCD.resolve("argocd-cm.yaml").toString(),
            "--output",
            "yaml"));
  }

  private static final String THEIRS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: argocd-cm
        namespace: argocd
      data:
        url: https://argocd.example.com
      """;

  private static void assertMerged(String output) throws IOException {
    ObjectNode data = (ObjectNode) YAML.readTree(output).path("data");
    ObjectNode added =
        (ObjectNode) YAML.readTree(text(ARGOCD.resolve("argocd-cm.yaml"))).path("data");

    assertThat(data.remove("url").textValue()).isEqualTo("https://argocd.example.com");
    assertThat(data).isEqualTo(added);
  }

  private static String kubectl() {
    String found =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(directory -> Path.of(directory, "kubectl"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
    assumeThat(found).as("kubectl is not on the PATH: the ConfigMap is not merged").isNotEmpty();
    return found;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
