package com.threatwinds.compute.operator.reconcile;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The one lane of the account in which instances are made, settled and taken over, so that no two
 * resources conclude from the same list at the same time.
 *
 * <p>Who waits holds no thread: its pass ends, and it is woken in the order in which it was asked
 * for.
 *
 * @param <K> names a resource
 */
final class CreateLane<K extends Comparable<K>> {

  private final Consumer<K> wake;
  private final TreeSet<Place<K>> queue =
      new TreeSet<>(
          Comparator.<Place<K>, Instant>comparing(Place::askedAt).thenComparing(Place::who));
  private final Map<K, Place<K>> places = new HashMap<>();
  private Place<K> holder = nobody();

  private record Place<K>(Instant askedAt, @org.jspecify.annotations.Nullable K who) {}

  /**
   * @param wake called, outside of any lock, with the next in line
   */
  CreateLane(Consumer<K> wake) {
    this.wake = wake;
  }

  private static <K> Place<K> nobody() {
    return new Place<>(Instant.MIN, null);
  }

  /** Where a resource stands. */
  enum Standing {
    /** In the lane, alone, until it leaves. */
    IN,
    /** First in line, and not let in yet. */
    FIRST,
    /** Behind others; woken when it is first. */
    BEHIND
  }

  /**
   * Enters the lane, or takes a place in its queue.
   *
   * @param askedAt when the resource was created; {@link Instant#MIN} goes before all creates, and
   *     must not be asked for again and again
   * @param open whether it may be let in at all, or only keep its place
   */
  synchronized Standing enter(K who, Instant askedAt, boolean open) {
    if (who.equals(holder.who())) {
      return Standing.IN;
    }
    leaveQueue(who);
    Place<K> place = new Place<>(askedAt, who);
    places.put(who, place);
    queue.add(place);
    if (!queue.first().equals(place)) {
      return Standing.BEHIND;
    }
    if (holder.who() != null || !open) {
      return Standing.FIRST;
    }
    leaveQueue(who);
    holder = place;
    return Standing.IN;
  }

  /** Whether it has a place in the queue, and is woken before it can be its turn. */
  synchronized boolean isBehind(K who) {
    Place<K> place = places.get(who);
    return place != null && !queue.first().equals(place);
  }

  private boolean leaveQueue(K who) {
    Place<K> place = places.remove(who);
    boolean wasFirst = place != null && queue.first().equals(place);
    if (place != null) {
      queue.remove(place);
    }
    return wasFirst;
  }

  /** Leaves the lane, or the queue; the next in line is woken. */
  void leave(K who) {
    K next;
    synchronized (this) {
      boolean wasFirst = leaveQueue(who);
      boolean held = who.equals(holder.who());
      if (held) {
        holder = nobody();
      }
      if (queue.isEmpty() || holder.who() != null || !(held || wasFirst)) {
        return;
      }
      next = queue.first().who();
    }
    if (next != null) {
      wake.accept(next);
    }
  }

  /** Wakes the first in line: what it waited for may be over. */
  void wakeFirst() {
    K first;
    synchronized (this) {
      if (queue.isEmpty() || holder.who() != null) {
        return;
      }
      first = queue.first().who();
    }
    if (first != null) {
      wake.accept(first);
    }
  }
}
