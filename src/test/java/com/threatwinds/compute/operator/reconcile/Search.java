package com.threatwinds.compute.operator.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Goes everywhere that a world can go, the nearest places first, and looks around in each.
 *
 * <p>Drives the operator's own classes ({@link SearchProcess}) through all orders of all that can
 * happen ({@link SearchWorld}). A violation comes with the shortest story that leads to it.
 */
final class Search {

  /** Silent: each pass is run thousands of times. */
  private static final Logger OURS = Logger.getLogger("com.threatwinds.compute.operator");

  private final SearchScope scope;
  private final SearchTables tables;
  private final SearchLedger ledger;
  private final SearchWorld world;
  private final SearchGraph graph;
  private final BitSet goals = new BitSet();

  /**
   * What a search came to.
   *
   * @param depth the most steps on a shortest way from the beginning
   * @param violation what it found, with its story
   */
  record Result(String title, int states, int depth, Duration time, Optional<Found> violation) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "search: %,d states, depth %d, %.1f s, %s (%s)",
          states,
          depth,
          time.toMillis() / 1000.0,
          violation.map(v -> "invariant " + v.invariant() + " broken").orElse("0 violations"),
          title);
    }
  }

  /** A violation and how it comes to it. */
  record Found(int invariant, String what, List<String> story) {
    @Override
    public String toString() {
      return "invariant " + invariant + ": " + what + "\n" + String.join("\n", story);
    }
  }

  private Search(SearchScope scope) {
    this.scope = scope;
    this.tables = new SearchTables(scope);
    this.ledger = new SearchLedger(scope);
    this.world = new SearchWorld(tables, ledger);
    this.graph = new SearchGraph(SearchState.empty(tables).numbers().length);
  }

  /** Searches all of it, or as far as the first violation. */
  static Result of(SearchScope scope) {
    Level before = OURS.getLevel();
    OURS.setLevel(Level.OFF);
    try {
      return new Search(scope).run();
    } finally {
      OURS.setLevel(before);
    }
  }

  private Result run() {
    long began = System.nanoTime();
    graph.number(world.start().numbers(), -1);
    int depth = 0;
    int layerEnds = 1;
    Optional<Found> violation = Optional.empty();
    for (int at = 0; at < graph.count() && violation.isEmpty(); at++) {
      if (at == layerEnds) {
        depth++;
        layerEnds = graph.count();
      }
      violation = expand(at);
    }
    if (violation.isEmpty()) {
      violation =
          graph
              .deadEnd(goals)
              .map(end -> found(end, new SearchViolation(7, "no way without trouble leads on")));
    }
    Duration time = Duration.ofNanos(System.nanoTime() - began);
    return new Result(scope.toString(), graph.count(), depth, time, violation);
  }

  private SearchState state(int number) {
    return SearchState.of(tables, graph.state(number));
  }

  /** All that follows on that state; the first thing that must not. */
  private Optional<Found> expand(int at) {
    SearchState state = state(at);
    if (ledger.isGoal(state)) {
      goals.set(at);
    }
    int[] reached = {at};
    try {
      world.steps(
          state,
          (next, trouble, what) -> {
            int known = graph.count();
            int number = graph.number(next.numbers(), at);
            if (!trouble && number != at) {
              graph.edge(at, number);
            }
            if (number == known) {
              reached[0] = number;
              ledger.check(next);
              reached[0] = at;
            }
          });
      return Optional.empty();
    } catch (SearchViolation e) {
      return Optional.of(found(reached[0], e));
    }
  }

  private Found found(int at, SearchViolation violation) {
    List<String> story = new ArrayList<>();
    List<Integer> path = graph.path(at);
    for (int i = 1; i < path.size(); i++) {
      SearchState after = state(path.get(i));
      List<String> told = new ArrayList<>();
      try {
        world.steps(
            state(path.get(i - 1)),
            (next, trouble, what) -> {
              if (next.equals(after)) {
                told.add((trouble ? " !" : "  ") + what.get());
              }
            });
      } catch (SearchViolation e) {
        // The one that is told.
      }
      story.add("%3d %s".formatted(i, told.getFirst()));
    }
    story.add("then: " + violation.getMessage());
    story.add(SearchStory.told(state(at), scope.processes));
    return new Found(violation.invariant(), String.valueOf(violation.getMessage()), story);
  }
}
