package com.threatwinds.compute.operator.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The operator with one design error planted in it: a fault matrix is worth what it catches.
 *
 * <p>Each error is a patch of {@code src/test/planted}, which begins with what is wrong and how it
 * shows. The sources with it are compiled into a copy of the packaged operator, once for each state
 * of the sources. What Quarkus made of them stays as it is: an error must lie elsewhere than in an
 * annotation, a signature of a bean, or a class that Quarkus changes.
 */
public final class PlantedOperator {

  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final Path PATCHES = PROJECT.resolve(Path.of("src", "test", "planted"));
  private static final Path TARGET = PROJECT.resolve("target");
  private static final Path BUILDS = TARGET.resolve("planted");
  private static final Path PACKAGED = TARGET.resolve("quarkus-app");
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final String SUFFIX = ".patch";

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

  /** Its {@code quarkus-run.jar}, for {@link OperatorProcess#start}; a build takes seconds. */
  public static synchronized Path jar(String name) {
    Path build = BUILDS.resolve(name);
    Path jar = build.resolve(Path.of("quarkus-app", "quarkus-run.jar"));
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
    Map<Path, String> planted = sources(name);
    for (Path changed : planted.keySet()) {
      requireOfOurMaking(changed);
    }
    Path app = copyOfPackaged(build);
    Path classes = compile(planted, build);
    try (FileSystem jar = FileSystems.newFileSystem(app)) {
      for (Path file : filesIn(classes)) {
        Files.copy(
            file,
            jar.getPath(classes.relativize(file).toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** A class that Quarkus changed would be loaded as it was, without the error. */
  private static void requireOfOurMaking(Path source) throws IOException {
    Path changed = PACKAGED.resolve(Path.of("quarkus", "transformed-bytecode.jar"));
    String compiled = SOURCES.relativize(source).toString().replaceAll("\\.java$", ".class");
    try (FileSystem jar = FileSystems.newFileSystem(changed)) {
      if (Files.exists(jar.getPath(compiled))) {
        throw new IllegalArgumentException(source + " is changed by Quarkus: plant it elsewhere");
      }
    }
  }

  /** All of it by links, but for the jar of our own classes, which is returned. */
  private static Path copyOfPackaged(Path build) throws IOException {
    Path app = BUILDS;
    for (Path file : filesIn(PACKAGED)) {
      Path copy = build.resolve("quarkus-app").resolve(PACKAGED.relativize(file));
      Files.createDirectories(copy.getParent());
      if (file.getParent().endsWith("app")) {
        app = Files.copy(file, copy);
      } else {
        Files.createLink(copy, file);
      }
    }
    return app;
  }

  /** All sources, since constants are compiled into those who use them. */
  private static Path compile(Map<Path, String> planted, Path build) throws IOException {
    Path sources = build.resolve("sources");
    for (Path file : filesIn(PROJECT.resolve(SOURCES))) {
      Path source = PROJECT.relativize(file);
      Path copy = sources.resolve(source);
      Files.createDirectories(copy.getParent());
      Files.writeString(copy, planted.getOrDefault(source, Files.readString(file)));
    }
    Path classes = Files.createDirectories(build.resolve("classes"));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    var problems = new StringWriter();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
      boolean compiled =
          javac
              .getTask(
                  problems,
                  files,
                  null,
                  List.of(
                      "-parameters",
                      "-proc:none",
                      "-nowarn",
                      "-d",
                      classes.toString(),
                      "-cp",
                      Files.readString(TARGET.resolve("test-classpath")).strip()),
                  null,
                  files.getJavaFileObjectsFromPaths(filesIn(sources)))
              .call();
      if (!compiled) {
        throw new IllegalStateException(build.getFileName() + ":\n" + problems);
      }
    }
    return classes;
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
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
      for (Path part : List.of(PROJECT.resolve(SOURCES), PACKAGED.resolve("quarkus"))) {
        for (Path file : filesIn(part)) {
          out.write((file + "\n").getBytes(StandardCharsets.UTF_8));
          Files.copy(file, out);
        }
      }
      out.write(sources(name).toString().getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
