package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.decision.Action;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes back what a pass found. A status that tells of something irrevocable - an instance was
 * made - is written until it holds; any other is left to the next pass.
 */
final class StatusWriter {

  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int TRIES = 3;

  /** Bad request, forbidden, too large, invalid. */
  private static final Set<Integer> REFUSED = Set.of(400, 403, 413, 422);

  /** Of the whole API server, where nobody else could write either: worth waiting for. */
  private static final Set<Integer> OUTAGE = Set.of(0, 401, 429, 502, 503, 504);

  /** How long a failure of this one resource, as of a webhook, may keep others waiting. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LateInstances late;
  private final Sightings sightings;
  private final Leadership leadership;
  private final Duration span;
  private final Sleep sleep;

  /** Waits on the calling thread. */
  interface Sleep {
    void of(Duration pause) throws InterruptedException;
  }

  /**
   * @param span how long after its start a create can take effect
   */
  StatusWriter(
      LateInstances late, Sightings sightings, Leadership leadership, Duration span, Sleep sleep) {
    this.late = late;
    this.sightings = sightings;
    this.leadership = leadership;
    this.span = span;
    this.sleep = sleep;
  }

  /** Whether the status is written. */
  boolean write(Pass pass, ComputeInstanceStatus status, Action action, Outcome outcome) {
    ComputeInstanceStatus expected = pass.announced();
    boolean untilItHolds = outcome instanceof Outcome.Made;
    Duration pause = FIRST_PAUSE;
    Duration waited = Duration.ZERO;
    ComputeInstance onto = pass.resource();
    for (int attempt = 1; ; attempt++) {
      try {
        boolean ours = isOursToRecord(action, outcome, expected);
        Optional<ComputeInstance> written =
            ours ? pass.store().writeStatus(onto, status) : Optional.empty();
        if (written.isPresent()) {
          pass.wrote(written.get());
          return true;
        }
        Optional<ComputeInstance> live = pass.store().live(onto);
        if (live.isPresent() && Pass.statusOf(live.get()).equals(status)) {
          pass.wrote(live.get());
          return true;
        }
        if (live.isEmpty() || !mayReplace(Pass.statusOf(live.get()), expected, status, action)) {
          // Only what this very pass ordered is ours to delete, not what it found.
          if (action instanceof Action.Create && outcome instanceof Outcome.Made made) {
            late.add(made.seen(), pass);
          }
          return false;
        }
        if (!ours) {
          log.warn("write=none why=\"another leads, and settles this create\"");
          return false;
        }
        onto = live.get();
      } catch (KubernetesClientException e) {
        // Refused for what it says, it will be for ever; the attempt that still stands finds the
        // instance again, and the lane is needed.
        boolean hopeless =
            REFUSED.contains(e.getCode())
                || (!OUTAGE.contains(e.getCode()) && waited.compareTo(PATIENCE) > 0);
        if ((!untilItHolds || hopeless) && attempt >= TRIES) {
          throw e;
        }
        log.warn("write=status outcome=unknown try={} error=\"{}\"", attempt, e.getMessage());
      }
      if (!untilItHolds && attempt >= TRIES) {
        return false;
      }
      if (!rest(pause)) {
        return false;
      }
      waited = waited.plus(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  /**
   * A process that stood still, or was cut off, for so long that another may have settled the
   * create leaves it to that: the instance may be bound to another resource by now.
   */
  private boolean isOursToRecord(Action action, Outcome outcome, ComputeInstanceStatus announced) {
    if (!(action instanceof Action.Create && outcome instanceof Outcome.Made)) {
      return true;
    }
    String attemptId = String.valueOf(Objects.requireNonNull(announced.create()).attemptId());
    Duration since = sightings.attempt(attemptId);
    return since.compareTo(span) < 0 || leadership.isHeldSince(sightings.now() - since.toNanos());
  }

  /**
   * Another's edit of the spec is no reason to lose what was found; another's status is. Only what
   * this very pass made holds whatever the attempt was told meanwhile: a verdict might be another
   * then, and what goes on must not forget it.
   */
  private static boolean mayReplace(
      ComputeInstanceStatus live,
      ComputeInstanceStatus expected,
      ComputeInstanceStatus status,
      Action action) {
    if (expected.create() == null) {
      return live.equals(expected);
    }
    boolean same =
        action instanceof Action.Create && status.create() == null
            ? live.create() != null
                && Objects.equals(live.create().attemptId(), expected.create().attemptId())
            : expected.create().equals(live.create());
    return same && live.problem() == null && live.instanceId() == null;
  }

  private boolean rest(Duration pause) {
    try {
      sleep.of(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
