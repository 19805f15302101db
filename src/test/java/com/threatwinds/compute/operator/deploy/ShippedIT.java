package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the build leaves to ship: its bill of materials, and that it tells nothing of the build's
 * machine.
 *
 * <p>That two builds are the same takes two builds: make reproducible.
 */
class ShippedIT {

  private static final Path APPLICATION = Path.of("target", "quarkus-app");

  /** Starts the application from an IDE; a dependency of quarkus-core that isn't packaged. */
  private static final String LAUNCHER = "io.quarkus.quarkus-ide-launcher";

  @Test
  void theBillOfMaterialsListsTheLibrariesThatShip() throws IOException {
    Set<String> listed = new TreeSet<>();
    for (JsonNode component : bill().path("components")) {
      String name = component.path("group").asText() + "." + component.path("name").asText();
      if (!name.equals(LAUNCHER)) {
        listed.add(name + "-" + component.path("version").asText() + ".jar");
      }
    }

    Set<String> shipped = new TreeSet<>();
    try (Stream<Path> files = Files.walk(APPLICATION.resolve("lib"))) {
      files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .forEach(shipped::add);
    }
    assertThat(listed).isNotEmpty().isEqualTo(shipped);
  }

  @Test
  void theBillOfMaterialsHasALicenceAndAHashOfEachLibrary() throws IOException {
    assertThat(bill().path("components"))
        .allSatisfy(
            component -> {
              assertThat(component.path("licenses")).as(component.toString()).isNotEmpty();
              assertThat(component.path("hashes")).as(component.toString()).isNotEmpty();
            });
  }

  @Test
  void theBillOfMaterialsHasNoTimeAndNoNumberOfItsOwn() throws IOException {
    assertThat(bill().has("serialNumber")).isFalse();
    assertThat(bill().path("metadata").has("timestamp")).isFalse();
  }

  @Test
  void theGeneratedClassesNameNoDirectoryAndNumberTheirKeysFromOne() throws IOException {
    Set<Integer> keys = new TreeSet<>();
    try (JarFile jar =
        new JarFile(APPLICATION.resolve("quarkus/generated-bytecode.jar").toFile())) {
      for (var entry : jar.stream().toList()) {
        String text =
            new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(text).as(entry.getName()).doesNotContain(Path.of("").toAbsolutePath() + "/");
        Pattern.compile("proxykey(\\d+)")
            .matcher(text)
            .results()
            .map((MatchResult match) -> Integer.valueOf(match.group(1)))
            .forEach(keys::add);
      }
    }

    List<Integer> fromOne = IntStream.rangeClosed(1, keys.size()).boxed().toList();
    assertThat(keys).isNotEmpty().containsExactlyElementsOf(fromOne);
  }

  private static JsonNode bill() throws IOException {
    return new ObjectMapper().readTree(Path.of("target", "sbom.json").toFile());
  }
}
