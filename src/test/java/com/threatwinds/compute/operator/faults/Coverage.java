package com.threatwinds.compute.operator.faults;

import com.threatwinds.compute.operator.faults.Boundary.Moment;
import com.threatwinds.compute.operator.faults.FaultCase.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where processes were hit, of all the places that a good life shows: only what was held there in
 * fact counts, not what was planned.
 */
final class Coverage {

  /** Each of them goes to every place. */
  private static final Set<String> FAMILIES = new TreeSet<>(Set.of("F1", "F2", "F3"));

  private final List<Boundary> boundaries;
  private final Map<Place, Set<String>> hits = new HashMap<>();

  Coverage(List<Boundary> boundaries) {
    this.boundaries = boundaries;
  }

  /** The fault of that case came to pass. */
  synchronized void struck(FaultCase each) {
    each.place()
        .ifPresent(place -> hits.computeIfAbsent(place, p -> new TreeSet<>()).add(each.family()));
  }

  /** What no case of a family hit. */
  synchronized List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Place place : places()) {
      for (String family : FAMILIES) {
        if (!hits.getOrDefault(place, Set.of()).contains(family)) {
          missing.add(family + " at " + place);
        }
      }
    }
    return missing;
  }

  private List<Place> places() {
    return boundaries.stream()
        .flatMap(b -> List.of(Moment.values()).stream().map(m -> new Place(b, m)))
        .toList();
  }

  /** A line for each boundary: which families hit it before, when committed, when answered. */
  synchronized String table() {
    StringBuilder table =
        new StringBuilder(
            "%-46s %-10s %-10s %s%n".formatted("boundary", "before", "committed", "answered"));
    for (Boundary boundary : boundaries) {
      table.append("%-46s".formatted(boundary));
      for (Moment moment : Moment.values()) {
        Set<String> families = hits.getOrDefault(new Place(boundary, moment), Set.of());
        table.append(" %-10s".formatted(families.isEmpty() ? "-" : String.join(" ", families)));
      }
      table.append('\n');
    }
    int all = places().size() * FAMILIES.size();
    int hit = all - missing().size();
    return table
        + "boundaries=%d places=%d covered=%d of %d (%d %%)%n"
            .formatted(boundaries.size(), places().size(), hit, all, 100 * hit / all);
  }
}
