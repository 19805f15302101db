package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.Instance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a process remembers between two passes, which a crash takes away. Times are no more than
 * what came before what: all that the operator asks of its clock.
 *
 * @param listing the account's list as last read; null if it never was
 * @param created what it made and no list has shown yet
 * @param attempts the open creates that it has seen
 * @param readings what was gathered to settle a create, by attempt
 * @param absences the instances that answered 404, and whether twice
 */
record SearchMemory(
    @Nullable List<Instance> listing,
    List<Instance> created,
    Map<String, Age> attempts,
    Map<String, Reading> readings,
    Map<String, Boolean> absences) {

  static final SearchMemory NONE = new SearchMemory(null, List.of(), Map.of(), Map.of(), Map.of());

  /** How long an open create was seen. */
  enum Age {
    YOUNG,
    /** Its time is over. */
    OVER,
    /** And since then the list was read. */
    LISTED
  }

  /**
   * What was gathered to settle a create.
   *
   * @param old whether the list was read again since
   * @param answers of the instances that were asked for
   */
  record Reading(List<Instance> list, boolean old, Map<String, Optional<Instance>> answers) {}

  /** The time of that attempt is over. */
  SearchMemory aged(String attemptId) {
    if (attempts.get(attemptId) != Age.YOUNG) {
      return this;
    }
    Map<String, Age> older = new TreeMap<>(attempts);
    older.put(attemptId, Age.OVER);
    return new SearchMemory(listing, created, older, readings, absences);
  }
}
