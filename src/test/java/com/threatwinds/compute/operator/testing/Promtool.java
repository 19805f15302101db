package com.threatwinds.compute.operator.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus's own tool; where there is none, the test that asks it is skipped and says so. */
public final class Promtool {

  /**
   * What it said.
   *
   * @param status 0 if it found nothing wrong
   */
  public record Answer(int status, String text) {}

  private Promtool() {}

  /** Runs it on that input. */
  public static Answer run(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of(find().toString()));
    command.addAll(List.of(arguments));
    try {
      Path file = Files.createTempFile("promtool", ".txt");
      try {
        Files.writeString(file, input);
        Process process =
            new ProcessBuilder(command)
                .redirectInput(file.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes());
        return new Answer(process.waitFor(), text);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path find() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "promtool"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(() -> abort("no promtool on the PATH: Debian has it in prometheus"));
  }
}
