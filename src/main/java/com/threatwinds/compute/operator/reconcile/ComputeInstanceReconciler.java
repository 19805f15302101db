package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Decider;
import com.threatwinds.compute.operator.decision.Observation;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass: observe, decide, execute, report. A resource that lives and one that is deleted go the
 * same way.
 *
 * <p>What throws here is a bug or a Kubernetes API that does not answer: {@link EndlessRetry}.
 */
@ControllerConfiguration(
    name = "computeinstance",
    finalizerName = ComputeInstance.FINALIZER,
    generationAwareEventProcessing = false,
    // A list limit makes the informer read what is, not whatever past a replica has at hand.
    informer = @Informer(onUpdateFilter = OwnChanges.class, informerListLimit = 500))
public final class ComputeInstanceReconciler
    implements Reconciler<ComputeInstance>, Cleaner<ComputeInstance> {

  private static final Logger log = LoggerFactory.getLogger(ComputeInstanceReconciler.class);

  private static final Duration STAND_BY = Duration.ofSeconds(1);

  /** What was read of the resource is old after that. */
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

  private final Rooms rooms;

  ComputeInstanceReconciler(Rooms rooms) {
    this.rooms = rooms;
  }

  @Override
  public List<EventSource<?, ComputeInstance>> prepareEventSources(
      EventSourceContext<ComputeInstance> context) {
    return List.of(rooms.open());
  }

  @Override
  public UpdateControl<ComputeInstance> reconcile(
      ComputeInstance resource, Context<ComputeInstance> context) {
    UpdateControl<ComputeInstance> control = UpdateControl.noUpdate();
    pass(resource, context).ifPresent(control::rescheduleAfter);
    return control;
  }

  @Override
  public DeleteControl cleanup(ComputeInstance resource, Context<ComputeInstance> context) {
    // The finalizer is ours to remove: the framework would do it whatever has changed since.
    DeleteControl control = DeleteControl.noFinalizerRemoval();
    pass(resource, context).ifPresent(control::rescheduleAfter);
    return control;
  }

  private Optional<Duration> pass(ComputeInstance resource, Context<ComputeInstance> context) {
    try {
      return pass(new Pass(rooms.store(context), rooms.known().newest(resource)));
    } catch (StackOverflowError | OutOfMemoryError e) {
      // The framework retries exceptions; after an error it would never look at the resource again.
      throw new IllegalStateException(e);
    }
  }

  /** One pass, without the framework; when to look again. */
  Optional<Duration> pass(Pass pass) {
    if (!rooms.leadership().isHeld()) {
      return standBy(pass);
    }
    if (!rooms.inFlight().enter()) {
      return Optional.empty();
    }
    try {
      return run(pass);
    } finally {
      rooms.inFlight().leave();
    }
  }

  /** Who does not lead is woken when it does; who is about to renew its Lease looks again soon. */
  private Optional<Duration> standBy(Pass pass) {
    rooms.lane().leave(pass.key());
    return rooms.leadership().isLeading() ? Optional.of(STAND_BY) : Optional.empty();
  }

  private Optional<Duration> run(Pass pass) {
    Action awaited = new Action.Keep();
    Outcome outcome = new Outcome.Nothing();
    try {
      Observation observation = rooms.observer().glance(pass);
      Action action = Decider.decide(pass.desired(), pass.announced(), observation);
      awaited = action;
      Optional<Outcome> wait = rooms.executor().await(action, pass);
      if (wait.isPresent()) {
        // Asked before anything is read for it: a thousand that wait must cost no calls.
        outcome = wait.get();
        return report(pass, pass.announced(), observation, action, outcome);
      }
      if (action.isChange()) {
        // What changes something must rest on what is so now, not on what a list or cache said.
        Optional<ComputeInstance> live = pass.store().live(pass.resource());
        if (live.isEmpty()) {
          return Optional.empty();
        }
        pass = new Pass(pass.store(), live.get());
        if (!pass.isHeld()) {
          // The framework sees to the finalizer, on what it knows: which may be another of the
          // name.
          pass.store().hold(pass.resource());
          return Optional.of(Pacing.AT_ONCE);
        }
        long before = rooms.nanoTime().getAsLong();
        observation = rooms.observer().look(pass);
        action = Decider.decide(pass.desired(), pass.announced(), observation);
        if (rooms.nanoTime().getAsLong() - before > LONGEST_LOOK.toNanos() && hasChanged(pass)) {
          return Optional.of(Pacing.AT_ONCE);
        }
      }
      ComputeInstanceStatus before = pass.announced();
      outcome = rooms.executor().execute(action, pass);
      if (outcome instanceof Outcome.Made
          && !(action instanceof Action.Create)
          && !rooms.leadership().isHeld()) {
        return standBy(pass); // Another leads, and may have bound that instance elsewhere.
      }
      return report(pass, before, observation, action, outcome);
    } finally {
      rooms.executor().leave(awaited, outcome);
      if (!Executor.keepsLane(outcome) || rooms.isGone(pass)) {
        rooms.lane().leave(pass.key());
      }
    }
  }

  /** A pause or a policy that was set while a slow API was read counts, too. */
  private static boolean hasChanged(Pass pass) {
    String version = pass.resource().getMetadata().getResourceVersion();
    return pass.store()
        .live(pass.resource())
        .filter(live -> live.getMetadata().getResourceVersion().equals(version))
        .isEmpty();
  }

  private Optional<Duration> report(
      Pass pass,
      ComputeInstanceStatus before,
      Observation observation,
      Action action,
      Outcome outcome) {
    expectChange(pass, observation, action, outcome);
    boolean released =
        (action instanceof Action.Release && outcome instanceof Outcome.Nothing)
            || (action instanceof Action.Delete && outcome instanceof Outcome.Accepted);
    ComputeInstanceStatus status =
        StatusReport.of(
            before,
            pass.announced(),
            pass.desired(),
            observation,
            action,
            outcome,
            rooms.clock().instant());
    boolean written = true;
    if (before.problem() == null && !released && !status.equals(pass.announced())) {
      written = rooms.writer().write(pass, status, action, outcome);
    }
    if (released) {
      boolean gone = pass.store().release(pass.resource());
      tell(pass, before, status, action, outcome, gone);
      return gone ? Optional.empty() : Optional.of(Pacing.AT_ONCE);
    }
    tell(pass, before, status, action, outcome, written);
    if (written) {
      written = keepAnnotation(pass);
    }
    settled(before, pass.announced());
    return next(pass, observation, action, outcome, written);
  }

  private Optional<Duration> next(
      Pass pass, Observation observation, Action action, Outcome outcome, boolean written) {
    boolean failed =
        !written
            || outcome instanceof Outcome.Failed
            || outcome instanceof Outcome.Outdated
            || outcome instanceof Outcome.LookAgain
            || action instanceof Action.Retry;
    int failures = 0;
    if (failed) {
      failures = rooms.sightings().failed(pass.uid());
    } else {
      rooms.sightings().succeeded(pass.uid());
    }
    if (observation instanceof Observation.NotYet || observation instanceof Observation.Failed) {
      rooms.wakeups().awaitApi(pass.key().id());
    }
    return written
        ? rooms.pacing().next(action, observation, outcome, failures)
        : rooms.pacing().next(action, observation, new Outcome.Outdated(), failures);
  }

  /** While something moves, the list is worth reading often. */
  private void expectChange(Pass pass, Observation observation, Action action, Outcome outcome) {
    if (observation instanceof Observation.Found(Instance instance, var rival, var seenWith)) {
      boolean moves =
          instance.state().isMoving() || (action.isChange() && outcome instanceof Outcome.Accepted);
      rooms.inventory().expect(instance.id(), moves && !(action instanceof Action.Delete));
    } else if (observation instanceof Observation.Absent) {
      InstanceId.parse(pass.announced().instanceId())
          .ifPresent(id -> rooms.inventory().expect(id, false));
    }
  }

  private boolean keepAnnotation(Pass pass) {
    String bound = pass.announced().instanceId();
    var annotations = pass.resource().getMetadata().getAnnotations();
    String copy = annotations == null ? null : annotations.get(Annotations.INSTANCE_ID);
    if (bound == null || bound.equals(copy) || pass.desired().deleting()) {
      return true;
    }
    return pass.store().annotate(pass.resource(), bound);
  }

  private void settled(ComputeInstanceStatus before, ComputeInstanceStatus after) {
    if (before.create() != null && after.create() == null) {
      rooms.sightings().settled(String.valueOf(before.create().attemptId()));
    }
  }

  private void tell(
      Pass pass,
      ComputeInstanceStatus before,
      ComputeInstanceStatus after,
      Action action,
      Outcome outcome,
      boolean written) {
    if (before.problem() == null) {
      rooms.sightings().readable(pass.uid());
    } else if (rooms.sightings().isNews(pass.uid(), before.problem().text())) {
      log.error("action=Keep why=\"{}\"", before.problem().text());
      rooms.events().write(pass.resource(), EventReport.unreadable(before.problem().text()));
    }
    if (written) {
      rooms.events().write(pass.resource(), EventReport.of(before, after, action, outcome));
      if (EventReport.becameProvisioned(before, after)) {
        rooms.provisioned(after);
      }
    }
    String done = action.getClass().getSimpleName();
    String end = outcome.getClass().getSimpleName();
    if (action.isChange()) {
      log.info(
          "action={} outcome={} instance={}{}",
          done,
          end,
          after.instanceId(),
          outcome instanceof Outcome.Failed(var error)
              ? " error=\"" + error.getMessage() + "\" errorId=" + error.errorId().orElse("-")
              : "");
    } else {
      log.debug("action={} outcome={} instance={}", done, end, after.instanceId());
    }
  }
}
