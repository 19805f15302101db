package com.threatwinds.compute.operator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that writes to a log file and ends when this JVM does, however a test or a person ends
 * it (short of {@code kill -9}).
 */
final class ChildProcess implements AutoCloseable {

  private final String name;
  private final Process process;
  private final Path logFile;
  private final Thread atExit;

  private ChildProcess(String name, Process process, Path logFile) {
    this.name = name;
    this.process = process;
    this.logFile = logFile;
    this.atExit = new Thread(process::destroyForcibly, "end " + name);
    try {
      Runtime.getRuntime().addShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the JVM is ending already: nobody else would end what was just started
      kill();
      throw e;
    }
  }

  /** With the environment of this JVM. */
  static ChildProcess start(String name, List<String> command) {
    return start(name, command, System.getenv());
  }

  static ChildProcess start(String name, List<String> command, Map<String, String> environment) {
    try {
      Path logs = Files.createDirectories(Path.of("target", "logs"));
      Path logFile = Files.createTempFile(logs, name + "-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
      builder.environment().clear();
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      return new ChildProcess(name, process, logFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process process() {
    return process;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Path logFile() {
    return logFile;
  }

  String log() {
    try {
      return Files.readString(logFile, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean endsWithin(long time, TimeUnit unit) {
    try {
      return process.waitFor(time, unit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name, e);
    }
  }

  /** SIGKILL, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    endsWithin(10, TimeUnit.SECONDS);
  }

  /** SIGTERM, and after 10 s SIGKILL. */
  @Override
  public void close() {
    process.destroy();
    if (!endsWithin(10, TimeUnit.SECONDS)) {
      kill();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the JVM is ending and runs the hook itself
    }
  }

  @Override
  public String toString() {
    return name + " (pid " + process.pid() + ")";
  }
}
