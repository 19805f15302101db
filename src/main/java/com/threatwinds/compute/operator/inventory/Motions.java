package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which instances are about to change, and for how long the list alone is believed that they still
 * do: a list can be stuck, and whoever waits for it would wait for ever.
 *
 * <p>Used under the lock of {@link Inventory}.
 */
final class Motions {

  private final long patience;
  private final Map<InstanceId, Motion> moving = new HashMap<>();
  private final Map<InstanceId, Arrival> arrived = new HashMap<>();

  /**
   * An instance that is about to change.
   *
   * @param since when that was first known
   * @param believedUntil from when on the list alone is not believed any more that it goes on
   */
  private record Motion(long since, long believedUntil) {}

  /**
   * An instance that the list still shows in motion, and a GET does not.
   *
   * @param listed the entry that is wrong, for as long as it stays the same
   */
  private record Arrival(Instance listed, Instance seen) {}

  /**
   * @param patience for how long the list is believed at first
   */
  Motions(Duration patience) {
    this.patience = patience.toNanos();
  }

  boolean isAny() {
    return !moving.isEmpty();
  }

  void begins(InstanceId id, long now) {
    moving.putIfAbsent(id, new Motion(now, now + patience));
  }

  void ends(InstanceId id) {
    moving.remove(id);
  }

  /** It was told to change: what a GET answered before is old. */
  void changed(InstanceId id) {
    arrived.remove(id);
  }

  /** A GET answered: the next is due after twice the time, if it still moves. */
  void saw(Instance seen, @Nullable Instance listed, long now) {
    InstanceId id = seen.id();
    moving.computeIfPresent(
        id, (i, m) -> new Motion(m.since(), now + Math.max(now - m.since(), patience)));
    if (listed != null && listed.state().isMoving() && !seen.state().isMoving()) {
      arrived.put(id, new Arrival(listed, seen));
    } else {
      arrived.remove(id);
    }
  }

  /** The entry of a list, or what a GET has found since to be so instead. */
  @Nullable Instance corrected(@Nullable Instance listed) {
    Arrival arrival = listed == null ? null : arrived.get(listed.id());
    return arrival != null && arrival.listed().equals(listed) ? arrival.seen() : listed;
  }

  /** Whether it is said to move for so long that it must be asked. */
  boolean isDoubtful(Instance listed, long now) {
    Motion motion = moving.get(listed.id());
    return motion != null && listed.state().isMoving() && now - motion.believedUntil() > 0;
  }

  /**
   * A list was read.
   *
   * @param awaited instances that it need not show yet
   */
  void read(Listing listing, Set<InstanceId> awaited) {
    // What is gone moves no more, whoever still waits for it.
    moving.keySet().removeIf(id -> listing.find(id).isEmpty() && !awaited.contains(id));
    arrived
        .entrySet()
        .removeIf(e -> !listing.find(e.getKey()).equals(Optional.of(e.getValue().listed())));
  }
}
