package com.threatwinds.compute.operator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory with the binaries of a Kubernetes control plane: {@code KUBE_ASSETS}, or else the
 * newest of those that kube-api-test keeps in {@code ~/.kubeapitest}.
 */
record KubeAssets(Path directory) {

  static final String ABSENCE =
      "no kube-apiserver; set KUBE_ASSETS to a directory with kube-apiserver and etcd, or try make"
          + " assets, which downloads them";

  static Optional<KubeAssets> find() {
    String chosen = System.getenv("KUBE_ASSETS");
    if (chosen != null && !chosen.isBlank()) {
      KubeAssets assets = new KubeAssets(Path.of(chosen));
      if (!assets.complete()) {
        throw new IllegalStateException(
            "KUBE_ASSETS=" + chosen + " has no executable kube-apiserver and etcd");
      }
      return Optional.of(assets);
    }
    Path kept = Path.of(System.getProperty("user.home"), ".kubeapitest", "k8s");
    if (!Files.isDirectory(kept)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(kept)) {
      return versions
          .map(KubeAssets::new)
          .filter(KubeAssets::complete)
          .max(Comparator.comparing(KubeAssets::version, Arrays::compare));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path apiServer() {
    return directory.resolve("kube-apiserver");
  }

  Path etcd() {
    return directory.resolve("etcd");
  }

  private boolean complete() {
    return Files.isExecutable(apiServer()) && Files.isExecutable(etcd());
  }

  /** The numbers in the directory's name, so that 1.36 comes after 1.9. */
  private int[] version() {
    @Nullable Path name = directory.getFileName();
    String numbers = name == null ? "" : name.toString().replaceFirst("-.*", "");
    return Arrays.stream(numbers.split("\\D+"))
        .filter(number -> !number.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
