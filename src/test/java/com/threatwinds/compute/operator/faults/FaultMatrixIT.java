package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
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
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

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
@DisabledIfSystemProperty(
    named = "faults.only",
    matches = "planted.*",
    disabledReason = "not asked")
class FaultMatrixIT {

  private static final boolean FULL = Boolean.getBoolean("faults.full");
  private static final int PARALLEL = Integer.getInteger("faults.parallel", 3);
  private static final int REPEAT = Integer.getInteger("faults.repeat", 1);
  private static final String ONLY = System.getProperty("faults.only", "");

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
    List<String> violations = new Performance(cluster, history, coverage::struck).of(each);
    System.out.printf(
        "%s in %d s: %s%n",
        violations.isEmpty() ? "held" : "FAILED",
        Duration.ofNanos(System.nanoTime() - began).toSeconds(),
        each);
    if (!violations.isEmpty()) {
      System.err.println(
          "\n==== %s\n%s\n  see %s"
              .formatted(each, String.join("\n", violations), Performance.story(each)));
    }
    return violations;
  }

  private static int byNumber(String one, String other) {
    return Integer.compare(
        Integer.parseInt(one.substring(1)), Integer.parseInt(other.substring(1)));
  }
}
