package com.threatwinds.compute.operator.testing;

import java.nio.file.Path;
import java.util.Optional;

/** Chooses what the tests and the demo run against. */
public final class TestClusters {

  private TestClusters() {}

  /** A real one where its binaries are at hand, else the mock. */
  public static TestCluster any(Path... definitions) {
    return absenceOfReal().isEmpty()
        ? RealCluster.start(definitions)
        : MockCluster.start(definitions);
  }

  /**
   * What this run of the tests is for: the mock in {@code make test}, a real one in {@code make
   * it}.
   */
  public static TestCluster chosen(Path... definitions) {
    String chosen = System.getProperty("test.cluster", "mock");
    return switch (chosen) {
      case "mock" -> MockCluster.start(definitions);
      case "real" -> RealCluster.start(definitions);
      default -> throw new IllegalArgumentException("test.cluster=" + chosen);
    };
  }

  /** Why there is no real cluster here, in a line; empty if there is one. */
  public static Optional<String> absenceOfReal() {
    return KubeAssets.find().isPresent() ? Optional.empty() : Optional.of(KubeAssets.ABSENCE);
  }
}
