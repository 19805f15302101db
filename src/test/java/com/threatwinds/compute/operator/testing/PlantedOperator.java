package com.threatwinds.compute.operator.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The operator with one design error planted in it: a fault matrix is worth what it catches.
 *
 * <p>Each error is a patch of {@code src/test/planted}, which begins with what is wrong and how it
 * shows. It is put into a copy of the sources and packaged as the operator itself is, since
 * annotations are read at build time; once for each state of the sources.
 */
public final class PlantedOperator {

  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final Path PATCHES = PROJECT.resolve(Path.of("src", "test", "planted"));
  private static final Path BUILDS = PROJECT.resolve(Path.of("target", "planted"));
  private static final Path SOURCES = Path.of("src", "main");
  private static final String SUFFIX = ".patch";
  private static final long LONGEST_BUILD_MINUTES = 15;

  private PlantedOperator() {}

  /** The errors that can be planted, by name. */
  public static List<String> names() {
    try (Stream<Path> patches = Files.list(PATCHES)) {
      return patches
          .map(patch -> patch.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong in it, what that breaks, and which fault shows it: for a person to read. */
  public static String description(String name) {
    return patch(name).text();
  }

  /**
   * The sources that it changes, as they are then.
   *
   * @throws IllegalArgumentException if what it changes is not there any more
   */
  static Map<Path, String> sources(String name) {
    try {
      return patch(name).applied(PROJECT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its {@code quarkus-run.jar}, for {@link OperatorProcess#start}; a build takes a minute. */
  public static synchronized Path jar(String name) {
    Path build = BUILDS.resolve(name);
    Path jar = build.resolve(Path.of("target", "quarkus-app", "quarkus-run.jar"));
    Path stamp = build.resolve("built-from");
    try {
      Files.createDirectories(BUILDS);
      try (FileChannel lock =
          FileChannel.open(
              BUILDS.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        lock.lock(); // Test classes run in several JVMs.
        String state = state(name);
        if (!Files.exists(stamp) || !Files.readString(stamp).equals(state)) {
          build(name, build);
          Files.writeString(stamp, state);
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SourcePatch patch(String name) {
    try {
      return SourcePatch.read(PATCHES.resolve(name + SUFFIX));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void build(String name, Path build) throws IOException {
    if (Files.exists(build)) {
      new Workspace(build).close();
    }
    Files.createDirectories(build);
    for (Path file : inputs()) {
      Path copy = build.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(PROJECT.resolve(file), copy);
    }
    for (Map.Entry<Path, String> changed : sources(name).entrySet()) {
      Files.writeString(build.resolve(changed.getKey()), changed.getValue());
    }
    run(
        build,
        maven(),
        "-B",
        "-q",
        "-ntp",
        "package",
        "-Dmaven.test.skip=true",
        "-Dspotless.check.skip",
        "-Denforcer.skip",
        "-Dmdep.skip");
  }

  /** As in the Makefile: the wrapper, unless another is named. */
  private static String maven() {
    String named = System.getenv().getOrDefault("MVN", "./mvnw");
    return named.contains("/") ? PROJECT.resolve(named).normalize().toString() : named;
  }

  /** All that the operator is built from, relative to the project, in a fixed order. */
  private static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.walk(PROJECT.resolve(SOURCES))) {
      return Stream.concat(
              Stream.of(PROJECT.resolve("pom.xml")), files.filter(Files::isRegularFile))
          .map(PROJECT::relativize)
          .sorted()
          .toList();
    }
  }

  private static String state(String name) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
    try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      for (Path file : inputs()) {
        out.write((file + "\n").getBytes(StandardCharsets.UTF_8));
        Files.copy(PROJECT.resolve(file), out);
      }
      out.write(sources(name).toString().getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void run(Path directory, String... command) throws IOException {
    Path log = directory.resolve("build.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(LONGEST_BUILD_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + " failed:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
