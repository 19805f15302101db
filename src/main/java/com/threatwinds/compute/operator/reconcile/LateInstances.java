package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.Settlement;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances that were made for a resource which no longer waits for them: it is gone, or its create
 * was concluded otherwise. Each is ours and late, and is deleted however often that takes - unless
 * somebody may claim it: that is shown, and looked at again until it is bound, or nobody may.
 *
 * <p>Only this process knows of them. What is left when it ends is told by one line of the log.
 */
final class LateInstances implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LateInstances.class);

  /** More than that many lost races at once is no race; each keeps a resource in memory. */
  static final int MOST = 1_000;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final ComputeApi api;
  private final Events events;
  private final BooleanSupplier mayAct;
  private final InFlight inFlight;
  private final Duration span;
  private final LongSupplier nanoTime;
  private final Map<InstanceId, Late> waiting = new LinkedHashMap<>();
  private @Nullable Thread thread;

  /** One of them, and how often it was tried. */
  private static final class Late {
    private final Seen seen;

    /** As it was when its create was sent. */
    private final ComputeInstance madeFor;

    private final ResourceStore store;
    private int tries;
    private long dueAt;
    private boolean told;

    private Late(Seen seen, ComputeInstance madeFor, ResourceStore store) {
      this.seen = seen;
      this.madeFor = madeFor;
      this.store = store;
    }

    private InstanceId id() {
      return seen.instance().id();
    }
  }

  /**
   * @param mayAct whether this process leads
   * @param span how long after its start a create can take effect
   */
  LateInstances(
      ComputeApi api,
      Events events,
      BooleanSupplier mayAct,
      InFlight inFlight,
      Duration span,
      LongSupplier nanoTime) {
    this.api = api;
    this.events = events;
    this.mayAct = mayAct;
    this.inFlight = inFlight;
    this.span = span;
    this.nanoTime = nanoTime;
  }

  /**
   * That pass made an instance, and its resource does not want it. Tried at once, and from then on.
   */
  void add(Seen seen, Pass pass) {
    Late late = new Late(seen, pass.resource(), pass.store());
    if (isOver(late)) {
      return;
    }
    synchronized (this) {
      if (waiting.size() >= MOST) {
        log.error("late=unresolved instances={} why=\"too many of them\"", late.id());
        return;
      }
      postpone(late);
      waiting.put(late.id(), late);
      notifyAll();
    }
  }

  /** Tries those whose time has come. */
  void tryDue() {
    for (Late late : due()) {
      if (!inFlight.enter()) {
        return; // The process ends.
      }
      try {
        boolean over = isOver(late);
        synchronized (this) {
          postpone(late);
          if (over) {
            waiting.remove(late.id());
          }
        }
      } finally {
        inFlight.leave();
      }
    }
  }

  private synchronized List<Late> due() {
    return waiting.values().stream().filter(l -> l.dueAt - nanoTime.getAsLong() <= 0).toList();
  }

  private void postpone(Late late) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(late.tries++, 6));
    late.dueAt =
        nanoTime.getAsLong()
            + (pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE).toNanos();
  }

  /** Those that are neither bound nor deleted yet. */
  synchronized List<InstanceId> remaining() {
    return List.copyOf(waiting.keySet());
  }

  /** The process ends: the last that anybody hears of those that remain. */
  void tellRemaining() {
    List<InstanceId> remaining = remaining();
    if (!remaining.isEmpty()) {
      log.error("late=unresolved instances={} why=\"the process ends\"", remaining);
    }
  }

  // -- one try

  private boolean isOver(Late late) {
    if (!mayAct.getAsBoolean()) {
      return false;
    }
    try {
      List<ComputeInstance> all = late.store.all();
      if (all.stream().anyMatch(r -> isBoundTo(r, late.id()))) {
        log.info("instance={} late=true action=none why=\"it is bound\"", late.id());
        return true;
      }
      Optional<ComputeInstance> claimant = all.stream().filter(r -> mayClaim(r, late)).findFirst();
      if (claimant.isPresent()) {
        show(late, claimant.get(), all);
        return false;
      }
      api.delete(late.id());
      log.warn("instance={} late=true action=Delete uid={}", late.id(), uid(late.madeFor));
      return true;
    } catch (ComputeApiException e) {
      return isGone(late, e) || failed(late, e);
    } catch (KubernetesClientException e) {
      return failed(late, e);
    } catch (RuntimeException e) {
      log.error("instance={} late=true action=none", late.id(), e);
      return false;
    }
  }

  private static boolean isBoundTo(ComputeInstance resource, InstanceId id) {
    return id.value().equals(Pass.statusOf(resource).instanceId());
  }

  /** Asks for it - as from a backup -, has an open create that it may be of, or can't be read. */
  private boolean mayClaim(ComputeInstance resource, Late late) {
    ComputeInstanceStatus status = Pass.statusOf(resource);
    if (status.hidesBinding()) {
      return true;
    }
    if (status.instanceId() != null) {
      return false;
    }
    return Desired.of(resource).takeover().equals(Optional.of(late.id()))
        || (status.create() != null && mayBeOf(status.create(), late));
  }

  private boolean mayBeOf(CreateAttempt create, Late late) {
    CreateAttempt own = Pass.statusOf(late.madeFor).create();
    return (own != null && Objects.equals(own.attemptId(), create.attemptId()))
        || Settlement.mayBeOutcome(Settling.attempt(create, false), late.seen.instance(), span);
  }

  private void show(Late late, ComputeInstance claimant, List<ComputeInstance> all) {
    if (late.told) {
      return;
    }
    late.told = true;
    log.warn("instance={} late=true action=none why=\"a resource may claim it\"", late.id());
    ComputeInstance about =
        all.stream().filter(r -> uid(r).equals(uid(late.madeFor))).findFirst().orElse(claimant);
    events.write(about, EventReport.late(late.id()));
  }

  /** A 404 counts only with the credentials that it was made with. */
  private static boolean isGone(Late late, ComputeApiException error) {
    return error instanceof ComputeApiException.NotFound
        && error.isExplained()
        && error.credentials().equals(Optional.of(late.seen.credentials()));
  }

  private static boolean failed(Late late, Exception error) {
    if (late.tries == 0) {
      log.warn(
          "instance={} late=true action=none why=\"tried again\" error=\"{}\"",
          late.id(),
          error.getMessage());
    }
    return false;
  }

  private static String uid(ComputeInstance resource) {
    return resource.getMetadata().getUid();
  }

  // -- its own thread, since a pass or the lane must not wait for it

  synchronized void start() {
    close();
    thread = Thread.ofVirtual().name("late").start(this::run);
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  private void run() {
    try {
      while (true) {
        awaitDue();
        tryDue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitDue() throws InterruptedException {
    if (waiting.isEmpty()) {
      wait();
    } else {
      wait(FIRST_PAUSE.toMillis());
    }
  }
}
