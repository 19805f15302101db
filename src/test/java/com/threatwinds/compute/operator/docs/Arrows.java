package com.threatwinds.compute.operator.docs;

import com.threatwinds.compute.operator.reconcile.Life;
import com.threatwinds.compute.operator.reconcile.Life.Fact;
import com.threatwinds.compute.operator.reconcile.Life.Place;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What leads from one place of a resource's life to another. Many arrows that say the same are one:
 * what is done in every state of an instance is done in {@link #ANY}.
 */
final class Arrows {

  /** All states of an instance that is bound. */
  static final String ANY = "any state";

  /**
   * What the API does without a call, by "Instance Status Values" in its reference; the simulator's
   * own test holds that against it.
   */
  static final String API = "by itself";

  /**
   * From one place to another.
   *
   * @param steps the actions that lead there, as the code names them
   */
  record Arrow(String from, String to, List<String> steps) {}

  private Arrows() {}

  /** In the order of the places. */
  static List<Arrow> of(Life life) {
    Map<String, Map<String, Set<String>>> arrows = new LinkedHashMap<>();
    for (Place from : Place.values()) {
      for (Place to : Place.values()) {
        for (String step : steps(life, from, to)) {
          String source = isInEveryState(life, step, from, to, true) ? ANY : from.title();
          String target = isInEveryState(life, step, from, to, false) ? ANY : to.title();
          arrows
              .computeIfAbsent(source, key -> new LinkedHashMap<>())
              .computeIfAbsent(target, key -> new TreeSet<>())
              .add(step);
        }
      }
    }
    moves()
        .forEach(
            (from, next) ->
                next.forEach(
                    to ->
                        arrows
                            .computeIfAbsent(from.title(), key -> new LinkedHashMap<>())
                            .computeIfAbsent(to.title(), key -> new TreeSet<>())
                            .add(API)));
    List<Arrow> all = new ArrayList<>();
    arrows.forEach(
        (from, targets) ->
            targets.forEach((to, steps) -> all.add(new Arrow(from, to, List.copyOf(steps)))));
    return all;
  }

  private static Map<Place, List<Place>> moves() {
    Map<Place, List<Place>> moves = new EnumMap<>(Place.class);
    moves.put(Place.PROVISIONING, List.of(Place.STAGING, Place.RUNNING));
    moves.put(Place.STAGING, List.of(Place.RUNNING));
    moves.put(Place.STOPPING, List.of(Place.TERMINATED));
    return moves;
  }

  private static boolean isInEveryState(
      Life life, String step, Place from, Place to, boolean source) {
    Place own = source ? from : to;
    return Place.SEEN.contains(own)
        && Place.SEEN.stream()
            .allMatch(
                state -> steps(life, source ? state : from, source ? to : state).contains(step));
  }

  /** Those that end where they began only if the API took a call. */
  private static Set<String> steps(Life life, Place from, Place to) {
    Set<String> steps = new LinkedHashSet<>();
    life.facts().stream()
        .filter(fact -> fact.from() == from && fact.to() == to)
        .map(Fact::step)
        .filter(step -> from != to || step.endsWith(": Accepted"))
        .forEach(steps::add);
    return steps;
  }
}
