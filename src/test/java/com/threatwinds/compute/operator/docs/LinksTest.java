package com.threatwinds.compute.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the documents point to. What lies elsewhere is not asked for: it may be away for a day. */
class LinksTest {

  static List<Page> pages() {
    return Page.all();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void pointsToWhatIsThere(Page page) {
    for (String link : page.links()) {
      assertThat(fault(page, link)).as(page + ": " + link).isEmpty();
    }
  }

  @Test
  void readsTheLinksOfManyPages() {
    assertThat(pages()).hasSizeGreaterThanOrEqualTo(10);
    assertThat(pages().stream().flatMap(page -> page.links().stream())).hasSizeGreaterThan(60);
  }

  @Test
  void theReadmeLeadsToEveryPage() {
    Page readme = Page.of(Path.of("README.md"));

    assertThat(pages())
        .filteredOn(page -> page.file().startsWith("docs"))
        .allSatisfy(
            page ->
                assertThat(readme.links())
                    .anyMatch(link -> link.replaceAll("#.*", "").equals(page.toString())));
  }

  /** Those with a list of their own parts tell of all of them, in their order. */
  @ParameterizedTest
  @MethodSource("pages")
  void aTableOfContentsIsComplete(Page page) {
    List<String> listed =
        new Page(page.file(), page.text().substring(0, firstPart(page)))
            .links().stream()
                .filter(link -> link.startsWith("#"))
                .map(link -> link.substring(1))
                .toList();

    if (!listed.isEmpty()) {
      assertThat(new Page(page.file(), onlyParts(page)).anchors())
          .filteredOn(part -> !part.equals("license"))
          .containsExactlyElementsOf(listed);
    }
  }

  private static int firstPart(Page page) {
    int part = page.text().indexOf("\n## ");
    return part < 0 ? page.text().length() : part;
  }

  private static String onlyParts(Page page) {
    return String.join("\n", page.text().lines().filter(line -> line.startsWith("## ")).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[a](#a-part)          | ",
        "[a](#no-part)         | no such part",
        "[a](other.md)         | no such file",
        "[a](docs/gitops.md)   | ",
        "[a](docs/gitops.md#flux) | ",
        "[a](docs/gitops.md#flax) | no such part",
        "[a](/docs/gitops.md)  | not from here",
        "[a](http://example.com) | not by https",
        "![a](docs/none.svg)   | no such file",
      })
  void tellsWhatIsWrongWithALink(String text, String expected) {
    Page page = new Page(Path.of("README.md"), "# Title\n\n## A part\n\n" + text + "\n");

    assertThat(page.links().stream().map(link -> fault(page, link).orElse("")).toList())
        .containsExactly(expected == null ? "" : expected);
  }

  private static Optional<String> fault(Page page, String link) {
    if (link.contains(":")) {
      return URI.create(link).getScheme().equals("https")
          ? Optional.empty()
          : Optional.of("not by https");
    }
    if (link.startsWith("/")) {
      return Optional.of("not from here");
    }
    String file = link.replaceAll("#.*", "");
    Path target = file.isEmpty() ? page.file() : page.file().resolveSibling(file).normalize();
    if (!file.isEmpty() && !target.toFile().exists()) {
      return Optional.of("no such file");
    }
    String part = link.contains("#") ? link.substring(link.indexOf('#') + 1) : "";
    List<String> parts =
        part.isEmpty() ? List.of() : file.isEmpty() ? page.anchors() : Page.of(target).anchors();
    return part.isEmpty() || parts.contains(part) ? Optional.empty() : Optional.of("no such part");
  }
}
