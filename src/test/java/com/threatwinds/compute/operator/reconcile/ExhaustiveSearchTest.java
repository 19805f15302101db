package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every order of all that can happen, up to a bound: in no state is one of the first six invariants
 * broken, and from each there is a way without trouble to where all is as it is asked for.
 *
 * <p>What is searched is the operator itself: whole passes of {@link ComputeInstanceReconciler},
 * which {@link SearchProcess} stops before each of their calls. {@link SearchWorld} says what can
 * happen, {@link SearchScopes} what does in one search, and {@link Search} goes everywhere.
 *
 * <p>{@code -Dfaults.full=true} searches the large scopes, too: millions of states, some minutes.
 */
class ExhaustiveSearchTest {

  private static final boolean FULL = Boolean.getBoolean("faults.full");

  @ParameterizedTest
  @EnumSource
  void aMistakeInDesignIsFound(SearchMistake mistake) {
    Search.Result result = Search.of(mistake.scope());

    System.out.println(result);
    assertThat(result.violation()).map(Search.Found::invariant).hasValue(mistake.invariant());
  }

  @Test
  void nothingGoesWrongWhateverComesFirst() {
    List<SearchScope> scopes = new ArrayList<>(SearchScopes.small());
    if (FULL) {
      scopes.addAll(SearchScopes.large());
    }
    long states = 0;
    int depth = 0;
    Duration time = Duration.ZERO;
    List<Search.Found> violations = new ArrayList<>();

    for (SearchScope scope : scopes) {
      Search.Result result = Search.of(scope);
      System.out.println(result);
      states += result.states();
      depth = Math.max(depth, result.depth());
      time = time.plus(result.time());
      result.violation().ifPresent(violations::add);
    }

    System.out.printf(
        Locale.ROOT,
        "search: %,d states, depth %d, %d s, %d violations (all %d scopes)%n",
        states,
        depth,
        time.toSeconds(),
        violations.size(),
        scopes.size());
    assertThat(violations).isEmpty();
    assertThat(states).isGreaterThan(FULL ? 1_000_000 : 100_000);
  }
}
