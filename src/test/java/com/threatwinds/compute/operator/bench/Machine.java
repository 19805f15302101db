package com.threatwinds.compute.operator.bench;

import io.fabric8.kubernetes.client.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where and with what it was measured: without that, a figure means nothing. */
final class Machine {

  private Machine() {}

  static String describe(boolean realCluster) {
    return "%s, %d processors (%s), %s %s, Fabric8 client %s, %s"
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            processor(),
            System.getProperty("java.vendor.version", "JDK"),
            Runtime.version(),
            Version.clientVersion(),
            realCluster ? "a kube-apiserver" : "Fabric8's mock of a Kubernetes API");
  }

  private static String processor() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo"))
          .lines()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
