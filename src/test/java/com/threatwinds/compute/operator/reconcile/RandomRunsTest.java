package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens in whatever order: nothing is made twice, lost, left over or taken from others,
 * and once it ends all becomes as asked (F19).
 *
 * <p>{@code -Dfaults.full=true} plays all runs, {@code -Dfaults.runs=n} as many, {@code
 * -Dfaults.seed=n} that one, told from beginning to end.
 */
class RandomRunsTest {

  private static final int FULL = 1_000;
  private static final int SOME = 60;

  /** A failure may hang on names that no seed gives. */
  private static final int TRIES = 5;

  private static final int SHOWN = 5;

  private static final Logger LOG = Logger.getLogger("com.threatwinds.compute.operator");
  private static Level level = Level.INFO;

  @BeforeAll
  static void silence() {
    level = LOG.getLevel();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void tellAgain() {
    LOG.setLevel(level);
  }

  private static LongStream seeds() {
    Long one = Long.getLong("faults.seed");
    boolean full = Boolean.getBoolean("faults.full");
    return one != null
        ? LongStream.of(one)
        : LongStream.rangeClosed(1, Integer.getInteger("faults.runs", full ? FULL : SOME));
  }

  @Test
  void keepWhatIsPromised() {
    List<String> failures = new ArrayList<>();
    long runs = 0;
    long steps = 0;
    for (long seed : seeds().toArray()) {
      var run = new RandomRun(seed, Set.of());
      Collection<String> violations = run.play();
      runs++;
      steps += run.played();
      if (!violations.isEmpty()) {
        failures.add(
            failures.size() < SHOWN ? story(seed, run, violations) : "seed " + seed + violations);
      } else if (Long.getLong("faults.seed") != null) {
        System.out.println(run.timeline());
      }
    }
    System.out.printf("F19: runs=%d steps=%d violations=%d%n", runs, steps, failures.size());

    assertThat(failures).isEmpty();
  }

  /** The shortest run that still fails so. */
  private static String story(long seed, RandomRun failed, Collection<String> violations) {
    String violation = kind(violations.iterator().next());
    Set<Integer> left = new HashSet<>();
    String timeline = failed.timeline();
    for (int size = failed.steps() / 2; size > 0; size /= 2) {
      for (int from = 0; from < failed.steps(); from += size) {
        Set<Integer> fewer = new HashSet<>(left);
        IntStream.range(from, Math.min(failed.steps(), from + size)).forEach(fewer::add);
        for (int attempt = 0; attempt < TRIES && fewer.size() > left.size(); attempt++) {
          var shorter = new RandomRun(seed, fewer);
          if (shorter.play().stream().map(RandomRunsTest::kind).anyMatch(violation::equals)) {
            left = fewer;
            timeline = shorter.timeline();
            break;
          }
        }
      }
    }
    return "seed "
        + seed
        + " (alone: -Dtest=RandomRunsTest -Dfaults.seed="
        + seed
        + "), without the steps that do not matter:\n"
        + timeline;
  }

  /** The violation without the names that differ from run to run. */
  private static String kind(String violation) {
    return violation.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}|uid-\\S+|[ixr]-?\\d+", "_");
  }
}
