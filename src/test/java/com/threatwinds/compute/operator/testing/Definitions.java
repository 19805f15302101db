package com.threatwinds.compute.operator.testing;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Puts CustomResourceDefinitions into a cluster. */
final class Definitions {

  private Definitions() {}

  /** Creates what the files hold, or the files of the directories, and waits until it is served. */
  static void apply(KubernetesClient client, Path... paths) {
    for (Path path : paths) {
      for (Path file : filesOf(path)) {
        try (var content = Files.newInputStream(file)) {
          CustomResourceDefinition definition =
              client.apiextensions().v1().customResourceDefinitions().load(content).create();
          client
              .resource(definition)
              .waitUntilCondition(
                  crd ->
                      crd != null
                          && crd.getStatus() != null
                          && crd.getStatus().getConditions() != null
                          && crd.getStatus().getConditions().stream()
                              .anyMatch(
                                  condition ->
                                      condition.getType().equals("Established")
                                          && condition.getStatus().equals("True")),
                  30,
                  TimeUnit.SECONDS);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static List<Path> filesOf(Path path) {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> file.toString().matches(".*\\.ya?ml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
