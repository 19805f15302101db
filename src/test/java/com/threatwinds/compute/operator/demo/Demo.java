package com.threatwinds.compute.operator.demo;

import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The operator at work, on a machine that has neither cluster nor account: make demo. Plays a story
 * and stays up until it is told to end; with {@code ONCE=1} it ends by itself.
 */
public final class Demo {

  /** All became as asked; or, after that, somebody ended it. */
  static final int DONE = 0;

  static final int FAILED = 1;

  /** As a shell tells of a program that Ctrl-C ended. */
  static final int INTERRUPTED = 130;

  private static final Path DEFINITIONS = Path.of("crds");
  private static final Duration WATCHABLE = Duration.ofSeconds(6);
  private static final Duration CLEAN_UP = Duration.ofSeconds(40);
  private static final int TAIL = 40;

  private final Screen screen;
  private final Supplier<TestCluster> clusters;
  private final Duration transition;
  private final CountDownLatch end;

  /**
   * @param transition how long an instance is provisioned, starts or stops
   * @param end counted down to zero by whoever wants it to end
   */
  Demo(Screen screen, Supplier<TestCluster> clusters, Duration transition, CountDownLatch end) {
    this.screen = screen;
    this.clusters = clusters;
    this.transition = transition;
    this.end = end;
  }

  public static void main(String[] arguments) {
    // The client libraries have nothing to say to who watches.
    Logger.getLogger("").setLevel(Level.SEVERE);
    System.setProperty("io.netty.noUnsafe", "true");
    boolean once = !List.of("", "0", "false").contains(environment("ONCE"));
    boolean coloured = Boolean.getBoolean("demo.terminal") && environment("NO_COLOR").isEmpty();
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endBy(end, exitCode), "end"));
    Screen screen = new Screen(System.out, coloured);
    try {
      exitCode.complete(
          new Demo(screen, () -> TestClusters.any(DEFINITIONS), WATCHABLE, end).run(once));
    } catch (InterruptedException | RuntimeException e) {
      e.printStackTrace();
      exitCode.complete(FAILED);
    }
    System.exit(exitCode.join());
  }

  private static String environment(String name) {
    return System.getenv().getOrDefault(name, "").strip();
  }

  /**
   * Waits until a demo that a signal ends has cleaned up, and ends with its exit code rather than
   * the signal's, which make would take for a failure.
   */
  private static void endBy(CountDownLatch end, CompletableFuture<Integer> exitCode) {
    if (exitCode.isDone()) {
      return;
    }
    end.countDown();
    try {
      Runtime.getRuntime().halt(exitCode.get(CLEAN_UP.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      Runtime.getRuntime().halt(INTERRUPTED);
    }
  }

  /** The exit code. */
  int run(boolean once) throws InterruptedException {
    screen.say("The Compute operator at work, on this machine alone. Starting what it takes:");
    screen.say("");
    Instant started = Instant.now();
    int exitCode = INTERRUPTED;
    try (TestCluster cluster = cluster();
        ComputeSimulator simulator = simulator();
        OperatorProcess operator = operator(cluster, simulator);
        Watch watch = new Watch(cluster.adminClient(), "default", screen)) {
      exitCode = play(started, cluster, simulator, operator, watch);
      if (exitCode == DONE && !once) {
        exitCode = stayUp(cluster, simulator, operator);
      }
    } catch (RuntimeException e) {
      if (!isEnding()) {
        screen.say("");
        screen.say("The demo can't go on: " + e.getMessage());
        throw e;
      }
    }
    return exitCode;
  }

  /**
   * Whether what failed may be put down to Ctrl-C, which reaches the children at the same time as
   * this process and may show there first.
   */
  private boolean isEnding() throws InterruptedException {
    return end.await(1, TimeUnit.SECONDS);
  }

  private TestCluster cluster() {
    screen.begin("  Kubernetes API  ");
    TestCluster cluster = clusters.get();
    if (cluster.isReal()) {
      screen.say(cluster.describe() + " with etcd, without nodes and controllers:");
      screen.detail("it validates, defaults and stores objects, and nothing runs in it");
    } else {
      screen.say("a mock, in this process:");
      screen.detail(cluster.describe());
      TestClusters.absenceOfReal().ifPresent(screen::detail);
    }
    return cluster;
  }

  private ComputeSimulator simulator() {
    ComputeSimulator simulator =
        ComputeSimulator.builder()
            .settings(settings -> settings.delays(transition).maxInstances(Story.QUOTA))
            .start();
    screen.say("  Compute API     a simulator, " + simulator.url());
    return simulator;
  }

  private OperatorProcess operator(TestCluster cluster, ComputeSimulator simulator) {
    screen.begin("  Operator        ");
    Instant started = Instant.now();
    OperatorProcess operator =
        OperatorProcess.start(
            Map.of(
                "KUBECONFIG", cluster.kubeconfig().toString(),
                "COMPUTE_API_URL", simulator.url().toString(),
                "COMPUTE_API_KEY", "sim-key",
                "COMPUTE_API_SECRET", "sim-secret",
                // a story is told faster than it happens
                "COMPUTE_POLL_INTERVAL", "5s",
                "COMPUTE_POLL_FAST_INTERVAL", "500ms",
                "COMPUTE_CREATE_SETTLE", "3s"));
    try {
      operator.awaitReady();
    } catch (RuntimeException e) {
      operator.close();
      throw e;
    }
    screen.say(
        "target/quarkus-app/quarkus-run.jar, process "
            + operator.pid()
            + ", ready after "
            + Duration.between(started, Instant.now()).toSeconds()
            + " s");
    return operator;
  }

  private int play(
      Instant started,
      TestCluster cluster,
      ComputeSimulator simulator,
      OperatorProcess operator,
      Watch watch)
      throws InterruptedException {
    screen.say("");
    screen.say("After each command: what \"kubectl get ci -w\" shows and, indented, the events.");
    try {
      if (!new Story(screen, cluster.adminClient(), simulator, operator, watch, end).play()) {
        return INTERRUPTED;
      }
    } catch (StepFailedException e) {
      if (isEnding()) {
        return INTERRUPTED;
      }
      screen.say("");
      screen.say("FAILED in step " + e.getMessage());
      screen.say("");
      screen.say("The end of the operator's log, " + log(operator) + ":");
      List<String> log = operator.log().lines().toList();
      log.subList(Math.max(0, log.size() - TAIL), log.size()).forEach(screen::say);
      return FAILED;
    }
    screen.say("");
    screen.say(
        "All became as asked, in "
            + Duration.between(started, Instant.now()).toSeconds()
            + " s, and no instance is left.");
    return DONE;
  }

  /** Until somebody ends it, or the operator ends. */
  private int stayUp(TestCluster cluster, ComputeSimulator simulator, OperatorProcess operator)
      throws InterruptedException {
    simulator.settings().maxInstances(-1);
    String health = "http://127.0.0.1:" + operator.httpPort();
    screen.title("It stays up: your turn, in another terminal");
    screen.say(
        """

        export KUBECONFIG=%s
        kubectl apply -f samples/01-minimal.yaml
        kubectl get ci -o wide
        kubectl describe ci minimal

        The account may have any number of instances now, and what you do shows here, too.

          Compute API   %s
          its journal   curl -s '%s/_sim/journal?changes=true&format=text'
          health        curl -s %s/q/health
          metrics       curl -s %s/q/metrics
          log           %s

        Ctrl-C ends it all, and removes it."""
            .formatted(
                cluster.kubeconfig(),
                simulator.url(),
                simulator.root(),
                health,
                health,
                log(operator)));
    screen.columns();
    boolean asked = false;
    while (!asked && operator.isAlive()) {
      asked = isEnding();
    }
    screen.say("");
    if (asked || isEnding()) {
      screen.say("Ending.");
      return DONE;
    }
    screen.say("The operator has ended by itself; its log: " + log(operator));
    return FAILED;
  }

  private static Path log(OperatorProcess operator) {
    return operator.logFile().toAbsolutePath();
  }
}
