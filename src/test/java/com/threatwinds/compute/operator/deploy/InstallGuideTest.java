package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The guide's paths, targets and values against what is there. */
class InstallGuideTest {

  private static final Path GUIDE = Path.of("docs", "install.md");

  private static String text;

  @BeforeAll
  static void read() throws IOException {
    text = Files.readString(GUIDE);
  }

  private static List<String> matches(String pattern) {
    List<String> found =
        Pattern.compile(pattern)
            .matcher(text)
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(found).as(pattern).isNotEmpty();
    return found;
  }

  @Test
  void namesFilesOfTheRepository() {
    assertThat(matches("(?:^|[ `])((?:deploy|samples)/[a-z0-9./-]+)"))
        .allSatisfy(path -> assertThat(Path.of(path)).exists());
  }

  @Test
  void namesTargetsOfTheMakefile() throws IOException {
    String makefile = Files.readString(Path.of("Makefile"));

    assertThat(matches("(?:`|(?m:^))make ([a-z-]+)"))
        .allSatisfy(target -> assertThat(makefile).containsPattern("(?m)^" + target + ":"));
  }

  @Test
  void listsEachOverlay() throws IOException {
    try (Stream<Path> overlays = Files.list(Rendered.KUSTOMIZE.resolve("overlays"))) {
      assertThat(matches("(?m)^\\| `overlays/([a-z]+)`"))
          .containsExactlyInAnyOrderElementsOf(
              overlays.map(overlay -> overlay.getFileName().toString()).toList());
    }
  }

  @Test
  void namesValuesOfTheChart() throws IOException {
    JsonNode schema =
        new ObjectMapper().readTree(Chart.DIRECTORY.resolve("values.schema.json").toFile());

    assertThat(matches("(?:--set |`)([a-z][A-Za-z]+\\.[A-Za-z_]+)(?==|`)"))
        .allSatisfy(
            value ->
                assertThat(
                        schema.at("/properties/" + value.replace(".", "/properties/")).isObject())
                    .as(value)
                    .isTrue());
  }
}
