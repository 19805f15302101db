package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The matrix, F1 to F16, by processes: a few of each family in every run, all with {@code make
 * faults}.
 *
 * <pre>
 * faults.full      all cases (make faults)
 * faults.only      a regular expression: only the cases whose name it is in (make faults ONLY=…)
 * faults.parallel  how many at a time
 * faults.repeat    how often each
 * </pre>
 */
class FaultMatrixIT {

  private static final boolean FULL = Boolean.getBoolean("faults.full");
  private static final int PARALLEL = Integer.getInteger("faults.parallel", 3);
  private static final int REPEAT = Integer.getInteger("faults.repeat", 1);
  private static final String ONLY = System.getProperty("faults.only", "");

  /**
   * A case whose fault did not strike is played again: two good lives differ in what they write.
   */
  private static final int TRIES = 3;

  private static TestCluster cluster;
  private static History history;
  private static ExecutorService workers;
  private static Coverage coverage;
  private static final Map<String, int[]> TABLE = new TreeMap<>(FaultMatrixIT::byNumber);

  @BeforeAll
  static void open() {
    cluster = TestClusters.chosen(Path.of("crds"));
    history = History.of(cluster.adminClient());
    workers = Executors.newFixedThreadPool(PARALLEL, Thread.ofPlatform().daemon().factory());
  }

  @AfterAll
  static void close() {
    workers.shutdownNow();
    history.close();
    cluster.close();
    StringBuilder table = new StringBuilder("\nfault matrix on " + cluster.describe() + "\n");
    TABLE.forEach(
        (family, counts) ->
            table.append(
                "  %-4s cases=%-4d violations=%d%n".formatted(family, counts[0], counts[1])));
    System.out.println(table + "\n" + coverage.table());
  }

  @TestFactory
  Stream<DynamicTest> everyCaseHolds() throws Exception {
    GoodRun good = GoodRun.play(cluster, history);
    coverage = new Coverage(good.boundaries());
    List<FaultCase> cases = Matrix.of(good);
    List<DynamicTest> tests = new ArrayList<>();
    for (FaultCase each : cases) {
      boolean wanted =
          ONLY.isEmpty()
              ? FULL || each.quick()
              : Pattern.compile(ONLY).matcher(each.toString()).find();
      for (int i = 0; wanted && i < REPEAT; i++) {
        Future<List<String>> played = workers.submit(() -> play(each));
        tests.add(
            DynamicTest.dynamicTest(
                each + (REPEAT == 1 ? "" : " " + (i + 1)),
                () -> {
                  int[] counts = TABLE.computeIfAbsent(each.family(), f -> new int[2]);
                  counts[0]++;
                  counts[1]++;
                  assertThat(played.get()).as("violations of %s", each).isEmpty();
                  counts[1]--;
                }));
      }
    }
    assertThat(tests).as("cases").isNotEmpty();
    if (FULL && ONLY.isEmpty()) {
      tests.add(DynamicTest.dynamicTest("no family is too small", () -> isLargeEnough(cases)));
      tests.add(
          DynamicTest.dynamicTest(
              "every boundary was hit at each moment",
              () -> assertThat(coverage.missing()).as("not hit").isEmpty()));
    }
    return tests.stream();
  }

  private static void isLargeEnough(List<FaultCase> cases) {
    Map<String, Long> counts =
        cases.stream().collect(Collectors.groupingBy(FaultCase::family, Collectors.counting()));
    Matrix.AT_LEAST.forEach(
        (family, least) ->
            assertThat(counts.getOrDefault(family, 0L))
                .as("cases of %s", family)
                .isGreaterThanOrEqualTo(least));
  }

  private static List<String> play(FaultCase each) {
    long began = System.nanoTime();
    List<String> violations = playUntilItStrikes(each);
    System.out.printf(
        "%s in %d s: %s%n",
        violations.isEmpty() ? "held" : "FAILED",
        Duration.ofNanos(System.nanoTime() - began).toSeconds(),
        each);
    return violations;
  }

  private static List<String> playUntilItStrikes(FaultCase each) {
    List<String> violations = List.of();
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      Played played = playOnce(each);
      violations = played.violations();
      if (played.struck()) {
        coverage.struck(each);
        return violations;
      }
    }
    return violations;
  }

  /**
   * @param struck whether the fault came to pass
   */
  private record Played(boolean struck, List<String> violations) {}

  private static Played playOnce(FaultCase each) {
    try (Stage stage = Stage.open(each.setup(), cluster, cluster.kubeconfig(), history)) {
      List<String> violations = new ArrayList<>();
      boolean struck = true;
      try {
        each.script().play(stage);
      } catch (Exception | AssertionError e) {
        struck = !String.valueOf(e.getMessage()).startsWith("the fault did not strike");
        violations.add(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
      Evidence evidence = stage.evidence();
      violations.addAll(Invariants.check(evidence));
      if (!violations.isEmpty()) {
        explain(each, stage, evidence, violations);
      }
      return new Played(struck, violations);
    } catch (Exception e) {
      return new Played(true, List.of("the stage: " + e));
    }
  }

  private static void explain(
      FaultCase each, Stage stage, Evidence evidence, List<String> violations) throws IOException {
    Path file =
        Files.createDirectories(Path.of("target", "faults"))
            .resolve(each.toString().replaceAll("[^A-Za-z0-9.-]+", "_") + ".txt");
    Files.writeString(
        file,
        each
            + "\nrun it alone: make faults ONLY='"
            + Pattern.quote(each.toString()).replace("\\Q", "").replace("\\E", "")
            + "'\n\n"
            + String.join("\n", violations)
            + "\n\n"
            + evidence.timeline()
            + "\nlogs: "
            + stage.logFiles()
            + "\n");
    System.err.println("\n==== " + each + "\n" + String.join("\n", violations) + "\n  see " + file);
  }

  private static int byNumber(String one, String other) {
    return Integer.compare(
        Integer.parseInt(one.substring(1)), Integer.parseInt(other.substring(1)));
  }
}
