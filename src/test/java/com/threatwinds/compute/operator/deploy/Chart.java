package com.threatwinds.compute.operator.deploy;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The chart, rendered by Helm itself for a release of the operator's name in its namespace. */
final class Chart {

  static final Path DIRECTORY = Path.of("deploy", "helm", "compute-operator");
  static final String NAME = "compute-operator";

  private Chart() {}

  /**
   * @param values as in a file of values
   * @throws IllegalStateException if Helm refuses them
   */
  static String render(String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        return documents(
                new Helm(DIRECTORY)
                    .template()
                    .withName(NAME)
                    .withNamespace(NAME)
                    .withValuesFile(file)
                    .call())
            .stream()
            .collect(Collectors.joining("---\n"));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those that hold an object; Helm leaves empty ones. */
  static List<String> documents(String rendered) {
    return Stream.of(rendered.split("(?m)^---\n"))
        .filter(document -> document.lines().anyMatch(line -> line.startsWith("kind:")))
        .toList();
  }
}
