package com.threatwinds.compute.operator.demo;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of {@code samples/}, as they are there. */
final class Samples {

  static final Path DIRECTORY = Path.of("samples");

  private Samples() {}

  /** Those of ComputeInstances, by name. */
  static List<Path> instances() {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .filter(file -> file.getFileName().toString().matches("0[1-9]-.*\\.yaml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without a type in mind, so that no field is lost. */
  static GenericKubernetesResource read(Path file) {
    return Serialization.unmarshal(text(file), GenericKubernetesResource.class);
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
