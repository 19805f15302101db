package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.PlantedOperator;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * The matrix is worth what it catches: each design error, planted into the operator, violates the
 * invariant that its patch names in the case that its patch names, and the operator as it is holds
 * in the same case. So does the plain peer violate what it was written to show.
 *
 * <p>{@code make faults ONLY='planted retried-post'} plays one alone.
 */
@Tag("faults")
@DisabledIfSystemProperty(
    named = "faults.only",
    matches = "(?!planted).+",
    disabledReason = "not asked")
class PlantedErrorsIT {

  /** Most of the time they wait for what does not come. */
  private static final int PARALLEL = Integer.getInteger("faults.parallel", 3);

  private static final String ONLY = System.getProperty("faults.only", "");
  private static final Pattern CAUGHT =
      Pattern.compile("^Caught: +by (.+); invariant (\\d+)$", Pattern.MULTILINE);

  /** An end that nobody asked for: what is broken altogether is not what was to be caught. */
  private static final String ENDED = "invariant 13: ";

  /** Every case of the matrix, with what any life crosses at the Compute API. */
  private static final Map<String, FaultCase> CASES =
      Matrix.of(
              new GoodRun(
                  Stream.of(Operation.values())
                      .filter(Operation::isChange)
                      .<Boundary>map(Boundary.Api::new)
                      .toList()))
          .stream()
          .collect(Collectors.toMap(FaultCase::toString, Function.identity()));

  private static TestCluster cluster;
  private static History history;
  private static ExecutorService workers;
  private static final Map<String, Future<List<String>>> OURS = new ConcurrentHashMap<>();

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
  }

  /** Which case catches an error, and by which invariant. */
  private record Catch(FaultCase by, int invariant) {

    static Catch of(String name) {
      Matcher caught = CAUGHT.matcher(PlantedOperator.description(name));
      assertThat(caught.find()).as("what catches %s", name).isTrue();
      assertThat(CASES).containsKey(caught.group(1));
      return new Catch(CASES.get(caught.group(1)), Integer.parseInt(caught.group(2)));
    }
  }

  @TestFactory
  Stream<DynamicTest> eachErrorIsCaughtWhereItsPatchSays() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : PlantedOperator.names()) {
      String words = "planted " + name;
      if (isAsked(words)) {
        Catch expected = Catch.of(name);
        tests.add(
            caught(
                words,
                expected.by(),
                () -> new Replica.Build.Planted(PlantedOperator.jar(name)),
                expected.invariant()));
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> aPlainOperatorMakesDuplicatesAndLeavesThemBehind() {
    String words = "planted a plain operator in its place";
    FaultCase lost = CASES.get("F4 create done, then reset");
    return isAsked(words)
        ? Stream.of(caught(words, lost, Replica.Build.Plain::new, 1, 2))
        : Stream.empty();
  }

  private static boolean isAsked(String words) {
    return Pattern.compile(ONLY).matcher(words).find();
  }

  private interface Building {
    Replica.Build build();
  }

  /** Plays it at once, and tells when it is over. */
  private static DynamicTest caught(
      String words, FaultCase by, Building building, Integer... invariants) {
    Future<List<String>> ours =
        OURS.computeIfAbsent(by.toString(), name -> workers.submit(() -> play(by)));
    Future<List<String>> theirs = workers.submit(() -> play(by.of(building.build(), words)));
    return DynamicTest.dynamicTest(
        words,
        () -> {
          List<String> violations = theirs.get();
          for (int invariant : invariants) {
            assertThat(violations)
                .as("%s, in %s", words, by)
                .anyMatch(violation -> violation.startsWith("invariant " + invariant + ": "))
                .noneMatch(violation -> violation.startsWith(ENDED));
            System.out.println(
                "%s: caught by %s; %s".formatted(words, by, firstOf(violations, invariant)));
          }
          assertThat(ours.get()).as("violations of ours, in %s", by).isEmpty();
        });
  }

  private static String firstOf(List<String> violations, int invariant) {
    return violations.stream()
        .filter(violation -> violation.startsWith("invariant " + invariant + ": "))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> play(FaultCase each) {
    return new Performance(cluster, history, played -> {}).of(each);
  }
}
