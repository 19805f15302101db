package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plugin's text against the code and the document; PluginIT has what it does. */
class PluginTest {

  private static final Path PLUGIN = Path.of("deploy", "kubectl-plugin", "kubectl-compute");
  private static final Path MANIFEST = Path.of("deploy", "kubectl-plugin", "krew.yaml.in");
  private static final Path DOCUMENT = Path.of("docs", "kubectl.md");

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  @ParameterizedTest
  @EnumSource
  void knowsWhatToDoAboutEachReason(Reason reason) throws IOException {
    String advice = between(read(PLUGIN), "advice() {", "\n}");

    assertThat(advice).containsPattern("(?m)^    (\\w+ \\| )*" + reason + "( \\| \\w+)*\\)$");
  }

  @Test
  void writesOnlyAnnotationsThatAreThere() throws IOException, IllegalAccessException {
    StringBuilder known = new StringBuilder();
    for (Field field : Annotations.class.getFields()) {
      known.append(field.get(null)).append('\n');
    }

    for (String written :
        List.of("restart-requested", "reset-requested", "paused", "resolve-create")) {
      assertThat(known).contains("compute.threatwinds.com/" + written + "\n");
    }
  }

  @Test
  void helpAndTheDocumentNameEachVerb() throws IOException {
    String text = read(PLUGIN);
    List<String> verbs =
        Pattern.compile("(?m)^verb_(\\w+)\\(\\)")
            .matcher(text)
            .results()
            .map(m -> m.group(1))
            .toList();
    String help = between(text, "usage() {", "\n}");

    assertThat(verbs).hasSizeGreaterThan(8);
    assertThat(verbs)
        .allSatisfy(
            verb -> {
              assertThat(help).containsPattern("(?m)^  " + verb + "\\b");
              assertThat(read(DOCUMENT)).contains("kubectl compute " + verb);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "dash", "bash", "busybox"})
  void isReadByEachShell(String shell) throws IOException, InterruptedException {
    Path program = program(shell);

    List<String> command =
        shell.equals("busybox")
            ? List.of(program.toString(), "sh", PLUGIN.toString(), "help")
            : List.of(program.toString(), PLUGIN.toString(), "help");

    assertThat(run(command)).startsWith("Usage: kubectl compute VERB");
  }

  @Test
  void hasNothingThatShellcheckFinds() throws IOException, InterruptedException {
    assertThat(run(List.of(program("shellcheck").toString(), PLUGIN.toString()))).isEmpty();
  }

  @Test
  void isAnExecutableThatEvaluatesNothing() throws IOException {
    assertThat(PLUGIN).isExecutable();
    assertThat(read(PLUGIN)).doesNotContainPattern("(?m)^[^#]*\\beval\\b");
  }

  @Test
  void hasAManifestForKrewWithNothingLeftOpenButWhatAReleaseFillsIn() throws IOException {
    String text = read(MANIFEST);
    JsonNode manifest = new YAMLMapper().readTree(text);

    assertThat(manifest.at("/metadata/name").asText())
        .isEqualTo(PLUGIN.getFileName().toString().replace("kubectl-", ""));
    assertThat(manifest.at("/spec/platforms/0/bin").asText())
        .isEqualTo(PLUGIN.getFileName().toString());
    assertThat(Pattern.compile("@([A-Z0-9]+)@").matcher(text).results().map(MatchResult::group))
        .containsOnly("@VERSION@", "@SOURCE@", "@SHA256@");
  }

  private static Path program(String name) {
    List<Path> found =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(directory -> Path.of(directory, name))
            .filter(Files::isExecutable)
            .toList();
    assumeThat(found).as(name + " on the PATH").isNotEmpty();
    return found.getFirst();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return output;
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start);
    assertThat(from).as(start).isNotNegative();
    return text.substring(from, text.indexOf(end, from));
  }
}
