package com.threatwinds.compute.operator.faults;

import com.threatwinds.compute.operator.kubeproxy.ApiServerProxy;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One replica of the operator: its process, and the proxy that all of its lives go through.
 *
 * <p>An end that nobody asked for is remembered, since nothing that anybody answers may end the
 * process.
 */
final class Replica implements AutoCloseable {

  /** Starts sooner, and no case lasts long enough for more to pay. */
  private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** What is started: the operator, the operator with an error planted in it, or the peer. */
  sealed interface Build {
    record Ours() implements Build {}

    record Planted(Path jar) implements Build {}

    record Plain() implements Build {}
  }

  private final String name;
  private final Build build;
  private final ApiServerProxy proxy;
  private final Map<String, String> settings;
  private final List<OperatorProcess> lives = new ArrayList<>();
  private @Nullable OperatorProcess process;

  Replica(String name, Build build, Path cluster, Map<String, String> settings) {
    this.name = name;
    this.build = build;
    this.proxy = ApiServerProxy.start(cluster);
    this.settings = new HashMap<>(settings);
    this.settings.put("KUBECONFIG", proxy.kubeconfig().toString());
  }

  String name() {
    return name;
  }

  ApiServerProxy proxy() {
    return proxy;
  }

  /** Starts it, and returns at once. */
  Replica launch() {
    OperatorProcess started =
        switch (build) {
          case Build.Ours o -> OperatorProcess.start(settings, JVM);
          case Build.Planted(Path jar) -> OperatorProcess.start(jar, settings, JVM);
          case Build.Plain p -> OperatorProcess.startPlain(settings, JVM);
        };
    process = started;
    lives.add(started);
    return this;
  }

  Replica start() {
    launch();
    process().awaitReady();
    return this;
  }

  OperatorProcess process() {
    if (process == null) {
      throw new IllegalStateException(name + " does not run");
    }
    return process;
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** SIGKILL. */
  void kill() {
    process().kill();
    process = null;
  }

  /** SIGTERM, and waits for its end. */
  void terminate(Duration atMost) {
    process().terminate();
    process().awaitExit(atMost);
    process = null;
  }

  /** Empty as long as no life ended by itself. */
  List<String> unexpectedEnds() {
    return process != null && !process.isAlive()
        ? List.of(name + " ended by itself with " + process.exitCode() + ": " + process.logFile())
        : List.of();
  }

  /** What all its lives wrote. */
  String log() {
    StringBuilder log = new StringBuilder();
    lives.forEach(life -> log.append(life.log()));
    return log.toString();
  }

  List<Path> logFiles() {
    return lives.stream().map(OperatorProcess::logFile).toList();
  }

  /** Nothing is left to record: no shutdown needs to be graceful. */
  @Override
  public void close() {
    if (process != null) {
      process.kill();
      process.close();
    }
    proxy.close();
  }
}
