package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The workflows, which can't be run here: that they parse, pin, ask for little and call what is
 * there.
 */
class WorkflowsTest {

  private static final Path DIRECTORY = Path.of(".github", "workflows");
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  private static final Set<String> KEYS =
      Set.of("name", "on", "permissions", "concurrency", "jobs", "env");
  private static final Set<String> JOB_KEYS =
      Set.of("runs-on", "timeout-minutes", "steps", "needs", "permissions");
  private static final Set<String> STEP_KEYS = Set.of("name", "id", "uses", "with", "run", "env");

  @ParameterizedTest
  @MethodSource("workflows")
  void haveNoKeyThatNobodyReads(Path workflow) throws IOException {
    JsonNode root = YAML.readTree(workflow.toFile());

    assertThat(KEYS).containsAll(names(root));
    assertThat(root.path("jobs")).isNotEmpty();
    for (JsonNode job : root.path("jobs")) {
      assertThat(JOB_KEYS).containsAll(names(job));
      assertThat(job.has("timeout-minutes")).isTrue();
      for (JsonNode step : job.path("steps")) {
        assertThat(STEP_KEYS).containsAll(names(step));
        assertThat(step.has("uses")).as(step.toString()).isNotEqualTo(step.has("run"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void pinEachActionByItsCommitAndSayItsVersion(Path workflow) throws IOException {
    List<String> uses =
        Files.readAllLines(workflow).stream().filter(line -> line.contains("uses:")).toList();

    assertThat(uses)
        .isNotEmpty()
        .allMatch(
            line -> line.matches(".*uses: [a-z/-]+@[0-9a-f]{40} # v[0-9]+\\.[0-9]+\\.[0-9]+"));
  }

  @Test
  void pinAnActionEverywhereByTheSameCommit() throws IOException {
    Map<String, String> pins = new HashMap<>();
    for (Path workflow : workflows().toList()) {
      Pattern.compile("uses: ([a-z/-]+)@(.*)")
          .matcher(Files.readString(workflow))
          .results()
          .forEach(
              pin ->
                  assertThat(pins.merge(pin.group(1), pin.group(2), (first, next) -> first))
                      .as(pin.group(1))
                      .isEqualTo(pin.group(2)));
    }
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void mayOnlyReadUnlessAJobSaysWhatItWritesAndWhy(Path workflow) throws IOException {
    JsonNode root = YAML.readTree(workflow.toFile());

    assertThat(root.path("permissions")).isEqualTo(YAML.readTree("contents: read"));
    assertThat(
            Files.readAllLines(workflow).stream()
                .filter(line -> line.matches(" +[a-z-]+: write.*")))
        .allMatch(line -> line.matches(".*: write # .+"));
  }

  @Test
  void writeOnlyInTheJobThatPublishes() throws IOException {
    for (Path workflow : workflows().toList()) {
      JsonNode jobs = YAML.readTree(workflow.toFile()).path("jobs");
      for (String job : names(jobs)) {
        assertThat(jobs.path(job).has("permissions")).as(job).isEqualTo(job.equals("publish"));
      }
    }
  }

  /** Text of an event in a script is a way in for whoever can name a branch. */
  @ParameterizedTest
  @MethodSource("workflows")
  void putNoExpressionIntoAScript(Path workflow) throws IOException {
    for (JsonNode job : YAML.readTree(workflow.toFile()).path("jobs")) {
      for (JsonNode step : job.path("steps")) {
        assertThat(step.path("run").asText()).doesNotContain("${{");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void callOnlyWhatIsThere(Path workflow) throws IOException {
    String makefile = Files.readString(Path.of("Makefile"));
    String dockerfile = Files.readString(Path.of("Dockerfile"));
    String text = Files.readString(workflow);

    assertThat(Path.of(".ci/run")).isExecutable();
    assertThat(results("(?m)^(?: +| +- run: )make ([a-z-]+)$", text))
        .allMatch(target -> makefile.contains("\n" + target + ":"));
    for (String targets : results("for target in ([a-z ]+);", text)) {
      assertThat(targets.split(" "))
          .allMatch(target -> dockerfile.contains(" AS " + target + "\n"));
    }
  }

  @Test
  void keepEachKindOfPinUpToDate() throws IOException {
    JsonNode updates = YAML.readTree(Path.of(".github", "dependabot.yml").toFile()).path("updates");

    assertThat(updates)
        .extracting(update -> update.path("package-ecosystem").asText())
        .containsExactlyInAnyOrder("maven", "docker", "github-actions");
  }

  private static List<String> results(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static Stream<Path> workflows() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      List<Path> found = files.sorted().toList();
      assertThat(found).isNotEmpty();
      return found.stream();
    }
  }
}
