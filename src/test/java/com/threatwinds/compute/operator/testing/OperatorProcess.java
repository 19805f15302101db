package com.threatwinds.compute.operator.testing;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * The packaged operator as a process of its own, as in production: its jar, its environment, its
 * exit code.
 *
 * <p>Of the surroundings it inherits only what a JVM needs, so that no setting of the developer's
 * shell slips into a test.
 */
public final class OperatorProcess implements AutoCloseable {

  private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");
  private static final String JAVA_HOME = System.getProperty("java.home");
  private static final String JAVA = Path.of(JAVA_HOME, "bin", "java").toString();
  private static final Path TEST_CLASSPATH = Path.of("target", "test-classpath");
  private static final String PLAIN = "com.threatwinds.compute.operator.plain.PlainOperator";
  private static final Duration START = Duration.ofMinutes(3);

  private final int httpPort;
  private final ChildProcess child;
  private final HttpClient http = HttpClient.newHttpClient();

  private OperatorProcess(int httpPort, ChildProcess child) {
    this.httpPort = httpPort;
    this.child = child;
  }

  /** Starts it with these settings; returns at once. */
  public static OperatorProcess start(Map<String, String> settings) {
    return start(settings, List.of());
  }

  /**
   * @param jvmOptions such as {@code -Xmx64m}
   */
  public static OperatorProcess start(Map<String, String> settings, List<String> jvmOptions) {
    return start(JAR, settings, jvmOptions);
  }

  /** Another build of it, such as one with a planted error. */
  public static OperatorProcess start(
      Path jar, Map<String, String> settings, List<String> jvmOptions) {
    if (!Files.exists(jar)) {
      throw new IllegalStateException("no " + jar + ": package first, or run this as an XIT");
    }
    List<String> program = new ArrayList<>();
    if (jar.equals(JAR)) {
      program.addAll(StartupCache.options(JAVA, jar));
    }
    program.addAll(List.of("-jar", jar.toString()));
    return launch("operator", settings, jvmOptions, program);
  }

  /** The plain operator, our peer, from the test class path. */
  public static OperatorProcess startPlain(Map<String, String> settings, List<String> jvmOptions) {
    String libraries;
    try {
      libraries = Files.readString(TEST_CLASSPATH).strip();
    } catch (IOException e) {
      throw new IllegalStateException("no " + TEST_CLASSPATH + ": package first", e);
    }
    String classpath =
        String.join(File.pathSeparator, "target/test-classes", "target/classes", libraries);
    return launch(
        "plain-operator",
        settings,
        jvmOptions,
        List.of(
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-cp",
            classpath,
            PLAIN));
  }

  private static OperatorProcess launch(
      String name, Map<String, String> settings, List<String> jvmOptions, List<String> program) {
    Map<String, String> environment = new HashMap<>();
    for (String inherited : List.of("PATH", "HOME")) {
      String value = System.getenv(inherited);
      if (value != null) {
        environment.put(inherited, value);
      }
    }
    int httpPort = FreePort.next();
    environment.put("JAVA_HOME", JAVA_HOME);
    environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    environment.put("QUARKUS_HTTP_PORT", String.valueOf(httpPort));
    environment.putAll(settings);
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.addAll(jvmOptions);
    command.addAll(program);
    return new OperatorProcess(httpPort, ChildProcess.start(name, command, environment));
  }

  /** Waits until its readiness probe says UP. */
  public OperatorProcess awaitReady() {
    Instant end = Instant.now().plus(START);
    while (!child.endsWithin(50, TimeUnit.MILLISECONDS)) {
      if (isReady()) {
        return this;
      }
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException("not ready after " + START + ":\n" + log());
      }
    }
    throw new IllegalStateException("ended with " + exitCode() + " before ready:\n" + log());
  }

  /** Whether its readiness probe says UP just now. */
  public boolean isReady() {
    return statusOf("/q/health/ready").orElse(0) == 200;
  }

  /** The status that its HTTP server answers; empty if it doesn't answer. */
  public OptionalInt statusOf(String path) {
    try {
      return OptionalInt.of(send(path, "*/*").statusCode());
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  /** What its HTTP server answers, as a scrape of {@code /q/metrics}. */
  public String get(String path) throws IOException {
    return send(path, "*/*").body();
  }

  /** Its metrics as text; it chooses another format for who asks for none. */
  public String scrape() throws IOException {
    return send("/q/metrics", "text/plain;version=0.0.4").body();
  }

  private HttpResponse<String> send(String path, String format) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
              .header("Accept", format)
              .timeout(Duration.ofSeconds(5))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Port of health and metrics. */
  public int httpPort() {
    return httpPort;
  }

  public long pid() {
    return child.process().pid();
  }

  public boolean isAlive() {
    return child.isAlive();
  }

  /** SIGTERM; returns at once. */
  public void terminate() {
    child.process().destroy();
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    child.kill();
  }

  /** SIGSTOP: the process stands still, its connections stay open. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int result = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor();
      if (result != 0) {
        throw new IllegalStateException("kill -" + name + " " + pid() + " ended with " + result);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits until it has ended. */
  public int awaitExit(Duration atMost) {
    if (!child.endsWithin(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("still runs after " + atMost + ":\n" + log());
    }
    return exitCode().orElseThrow();
  }

  /** Empty while it runs. */
  public OptionalInt exitCode() {
    return isAlive() ? OptionalInt.empty() : OptionalInt.of(child.process().exitValue());
  }

  /** All that it has written to both streams so far. */
  public String log() {
    return child.log();
  }

  public Path logFile() {
    return child.logFile();
  }

  /** SIGTERM, and after a while SIGKILL; does nothing if it has ended. */
  @Override
  public void close() {
    if (isAlive()) {
      // a process that stands still takes no SIGTERM
      resume();
    }
    child.close();
    http.close();
  }
}
