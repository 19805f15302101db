package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Seen;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * When this process first saw what it must see for a while before it may conclude anything: an open
 * create, an instance that answers 404. On its own monotonic clock, since another process's clock
 * proves nothing.
 */
final class Sightings {

  private final LongSupplier nanoTime;
  private final Map<String, Long> attempts = new ConcurrentHashMap<>();
  private final Map<String, Reading> readings = new ConcurrentHashMap<>();
  private final Map<InstanceId, Absence> absences = new ConcurrentHashMap<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private final Map<String, String> problems = new ConcurrentHashMap<>();

  /**
   * What was gathered to settle a create.
   *
   * @param listing the first of the two lists
   * @param at when it was asked for
   * @param answers what a GET answered since; empty for a 404
   */
  record Reading(Listing listing, long at, Map<InstanceId, Optional<Seen>> answers) {
    Reading(Listing listing, long at) {
      this(listing, at, new ConcurrentHashMap<>());
    }
  }

  /** When an instance answered 404 for the first and for the last time. */
  private record Absence(long first, long last) {}

  Sightings(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** For how long the attempt has been known to be open; its time begins with the first call. */
  Duration attempt(String attemptId) {
    return since(attempts.computeIfAbsent(attemptId, id -> nanoTime.getAsLong()));
  }

  /** Whether any attempt is known to be open, also one that was announced just now. */
  boolean isAnyCreateOpen() {
    return !attempts.isEmpty();
  }

  /** The instance answered 404: for how long it has done so. */
  Duration absence(InstanceId id) {
    return between(
        absences.compute(
            id,
            (i, before) -> {
              long now = nanoTime.getAsLong();
              return new Absence(before == null ? now : before.first(), now);
            }));
  }

  /** Whether the instance answered 404 at least twice, that far apart, and nothing else since. */
  boolean isGone(InstanceId id, Duration apart) {
    Absence absence = absences.get(id);
    return absence != null && between(absence).compareTo(apart) >= 0;
  }

  /** Whether the instance answered 404 and nothing else since. */
  boolean isMissed(InstanceId id) {
    return absences.containsKey(id);
  }

  private static Duration between(Absence absence) {
    return Duration.ofNanos(absence.last() - absence.first());
  }

  /** The instance answered. */
  void present(InstanceId id) {
    absences.remove(id);
  }

  Optional<Reading> reading(String attemptId) {
    return Optional.ofNullable(readings.get(attemptId));
  }

  void read(String attemptId, Reading reading) {
    readings.put(attemptId, reading);
  }

  /** What was gathered is used up: the next settlement gathers anew. */
  void forgetReading(String attemptId) {
    readings.remove(attemptId);
  }

  /** The attempt is over. */
  void settled(String attemptId) {
    attempts.remove(attemptId);
    readings.remove(attemptId);
  }

  /** This moment, on the clock of {@link #since}. */
  long now() {
    return nanoTime.getAsLong();
  }

  Duration since(long moment) {
    return Duration.ofNanos(nanoTime.getAsLong() - moment);
  }

  /** Counts one more failed pass of the resource in a row. */
  int failed(String uid) {
    return failures.merge(uid, 1, Integer::sum);
  }

  /** The resource's pass did not fail. */
  void succeeded(String uid) {
    failures.remove(uid);
  }

  /** Whether that is news about the resource; a status that can't be read can't tell itself. */
  boolean isNews(String uid, String problem) {
    return !problem.equals(problems.put(uid, problem));
  }

  /** The resource can be read, or is gone. */
  void readable(String uid) {
    problems.remove(uid);
  }
}
