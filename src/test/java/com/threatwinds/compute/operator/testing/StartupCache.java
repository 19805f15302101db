package com.threatwinds.compute.operator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the JVM remembers of one start of the packaged operator (JEP 514), so that each later start
 * costs half as much. The JVM checks by itself that it is of these very jars.
 */
final class StartupCache {

  /** The first that makes one in a single step. */
  private static final int JDK = 25;

  private static final Path FILE = Path.of("target", "startup.aot");
  private static final Path LOCK = Path.of("target", "startup.lock");
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** Nobody answers there. */
  private static final String NOWHERE = "http://127.0.0.1:1";

  private static final String CLUSTER =
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: none, cluster: {server: "%s"}}]
      contexts: [{name: none, context: {cluster: none, user: none}}]
      users: [{name: none, user: {token: none}}]
      current-context: none
      """;

  private StartupCache() {}

  /**
   * The options that start such a jar with what is remembered; none where nothing is.
   *
   * @param java the command that will start it
   */
  static synchronized List<String> options(String java, Path jar) {
    if (Runtime.version().feature() < JDK) {
      return List.of();
    }
    try (FileChannel lock =
        FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock.lock(); // Test classes run in several JVMs.
      if (isOlderThan(jar)) {
        train(java, jar);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Files.exists(FILE) ? List.of("-XX:AOTCache=" + FILE) : List.of();
  }

  private static boolean isOlderThan(Path jar) throws IOException {
    if (!Files.exists(FILE)) {
      return true;
    }
    try (Stream<Path> packaged = Files.walk(jar.getParent())) {
      return packaged.anyMatch(file -> lastModified(file).isAfter(lastModified(FILE)));
    }
  }

  private static Instant lastModified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One start, as far as it goes without a cluster, and a graceful end. */
  private static void train(String java, Path jar) throws IOException {
    Path kubeconfig =
        Files.writeString(Path.of("target", "nowhere.yaml"), CLUSTER.formatted(NOWHERE));
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("COMPUTE_API_URL", NOWHERE);
    environment.put("COMPUTE_API_TOKEN", "none");
    environment.put("KUBECONFIG", kubeconfig.toString());
    environment.put("QUARKUS_HTTP_PORT", String.valueOf(FreePort.next()));
    List<String> command =
        new ArrayList<>(List.of(java, "-XX:AOTCacheOutput=" + FILE, "-jar", jar.toString()));
    try (ChildProcess operator = ChildProcess.start("startup", command, environment)) {
      Instant end = Instant.now().plus(LONGEST);
      while (!operator.log().contains("Listening on") && Instant.now().isBefore(end)) {
        if (operator.endsWithin(50, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException("the operator ended at once:\n" + operator.log());
        }
      }
      operator.process().destroy();
      operator.endsWithin(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
