package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The README's tables, commands and examples against the code. */
class ReadmeTest {

  private static final Path README = Path.of("README.md");
  private static final String TEXT = read(README);

  /** Read by the libraries below us, or from the environment alone. */
  private static final Set<String> FOREIGN_SETTINGS =
      Set.of("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "KUBECONFIG");

  @Test
  void listsEachReasonOnce() {
    assertThat(column("### ", "## Conditions and reasons", "| Reason |"))
        .containsExactlyElementsOf(Stream.of(Reason.values()).map(Reason::toString).toList());
  }

  @Test
  void listsTheConditions() {
    assertThat(column("### ", "## Conditions and reasons", "| Condition |"))
        .containsExactlyElementsOf(
            Stream.of(ConditionType.values()).map(ConditionType::toString).toList());
  }

  @Test
  void listsEachFieldOfTheSpec() {
    assertThat(column("## ", "### spec", "| Field |"))
        .containsExactlyElementsOf(
            Arrays.stream(ComputeInstanceSpec.class.getRecordComponents())
                .map(component -> component.getName())
                .filter(name -> !name.equals("problem"))
                .toList());
  }

  @Test
  void listsEachAnnotation() throws IllegalAccessException {
    List<String> known = new ArrayList<>();
    for (Field field : Annotations.class.getFields()) {
      known.add(((String) field.get(null)).replace(ComputeInstance.GROUP + "/", ""));
    }

    assertThat(column("## ", "### Annotations", "| Annotation "))
        .flatExtracting(cell -> List.of(cell.replaceAll(":.*", "").split(", ")))
        .containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void listsEachSetting() {
    Set<String> read = new TreeSet<>();
    // With these values no check ends the reading before the last setting is asked for.
    Map<String, String> values =
        Map.of("compute.api.url", "http://127.0.0.1", "compute.api.token", "any");
    Settings.read(
        property -> {
          read.add(property.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT));
          return Optional.ofNullable(values.get(property));
        },
        false);
    read.addAll(FOREIGN_SETTINGS);

    assertThat(column("## ", "## Settings", "| Variable |"))
        .containsExactlyInAnyOrderElementsOf(read);
  }

  @Test
  void namesOnlySettingsThatItLists() {
    List<String> listed = column("## ", "## Settings", "| Variable |");

    assertThat(matches("`((?:COMPUTE|OPERATOR|QUARKUS|LOG)_[A-Z_]+)"))
        .allMatch(listed::contains, "is in the table of settings");
  }

  @Test
  void namesOnlyTargetsOfTheMakefile() {
    String makefile = read(Path.of("Makefile"));

    assertThat(matches("(?:`|(?m:^))make ([a-z-]+)"))
        .isNotEmpty()
        .allSatisfy(target -> assertThat(makefile).containsPattern("(?m)^" + target + ":"));
  }

  @TestFactory
  Stream<DynamicTest> hasExamplesThatTheApiServerWouldTake() {
    List<String> blocks = matches("(?s)```yaml\n(.*?)```");
    assertThat(blocks).isNotEmpty();
    return blocks.stream()
        .map(
            block ->
                DynamicTest.dynamicTest(
                    block.lines().filter(line -> line.contains("name:")).findFirst().orElse(block),
                    () -> {
                      List<HasMetadata> objects = StrictYaml.read(block);

                      assertThat(objects).hasOnlyElementsOfType(ComputeInstance.class);
                    }));
  }

  @Test
  void showsTheColumnsOfTheDefinitions() {
    showsTheColumnsOf("computeinstances");
    showsTheColumnsOf("computetemplates");
  }

  private static void showsTheColumnsOf(String plural) {
    List<String> columns =
        matches(
            read(Path.of("crds", plural + "." + ComputeInstance.GROUP + "-v1.yml")),
            "name: \"([A-Z-]+)\"\\s+priority: 0");

    assertThat(TEXT)
        .containsPattern("(?m)^NAME +" + String.join(" +", columns).replace("-", "\\-") + "$");
  }

  /** The code in the first column of the table that begins so, below that title. */
  private static List<String> column(String nextTitle, String title, String head) {
    int from = TEXT.indexOf("\n" + title + "\n");
    assertThat(from).as(title).isNotNegative();
    int to = TEXT.indexOf("\n" + nextTitle, from + title.length());
    String section = to < 0 ? TEXT.substring(from) : TEXT.substring(from, to);
    int table = section.indexOf("\n" + head);
    assertThat(table).as(head).isNotNegative();
    return section
        .substring(table + 1)
        .lines()
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> line.split("\\|")[1].strip().replace("`", ""))
        .toList();
  }

  private static List<String> matches(String pattern) {
    return matches(TEXT, pattern);
  }

  private static List<String> matches(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
