package com.threatwinds.compute.operator.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The kubectl on the PATH, or beside the real kube-apiserver, working on one cluster. */
public final class Kubectl {

  /**
   * @param output of both streams
   */
  public record Result(int exitCode, String output) {}

  private final Path binary;
  private final TestCluster cluster;

  private Kubectl(Path binary, TestCluster cluster) {
    this.binary = binary;
    this.cluster = cluster;
  }

  /** Empty if there is none on this machine. */
  public static Optional<Kubectl> of(TestCluster cluster) {
    Stream<Path> onPath =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).map(Path::of);
    Stream<Path> beside = KubeAssets.find().map(KubeAssets::directory).stream();
    return Stream.concat(onPath, beside)
        .map(directory -> directory.resolve("kubectl"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(binary -> new Kubectl(binary, cluster));
  }

  /** Runs to its end, for a minute at most. */
  public Result run(String... arguments) {
    return result(output -> start(output, arguments));
  }

  /** Runs a program that calls kubectl, and that is called by it, from that directory. */
  public Result runBeside(Path directory, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    String path = System.getenv().getOrDefault("PATH", "");
    builder
        .environment()
        .put(
            "PATH",
            String.join(
                File.pathSeparator,
                directory.toString(),
                Objects.requireNonNull(binary.getParent()).toString(),
                path));
    builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
    return result(output -> start(builder, output));
  }

  private interface Start {
    Process into(Path output) throws IOException;
  }

  private static Result result(Start start) {
    try {
      Path output = Files.createTempFile("kubectl", ".out");
      try {
        Process process = start.into(output);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
          process.destroyForcibly().waitFor();
        }
        return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts one that goes on by itself, such as {@code get -w}; the caller ends it. */
  public Process start(Path output, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(binary.toString(), "--kubeconfig", cluster.kubeconfig().toString()));
    command.addAll(List.of(arguments));
    return start(new ProcessBuilder(command), output);
  }

  private Process start(ProcessBuilder builder, Path output) throws IOException {
    // discovery is cached by address, and another cluster may have had this port before
    builder.environment().put("KUBECACHEDIR", cluster.kubeconfig() + ".cache");
    return builder
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
        .redirectOutput(output.toFile())
        .start();
  }
}
