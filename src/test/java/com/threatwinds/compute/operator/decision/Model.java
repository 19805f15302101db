package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Given.Recorded;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One resource, its status and the API, as small as can be: what is decided has its effect at once,
 * and what moves has arrived by the next pass.
 */
final class Model {

  private Desired desired;
  private @Nullable InstanceState instance;
  private boolean bound;
  private boolean takenOver;
  private boolean open;
  private List<String> handled = new ArrayList<>();

  /** The requests that reached the API, in the order of their sending. */
  private final List<PowerRequest> sent = new ArrayList<>();

  Model(Desired desired) {
    this.desired = desired;
  }

  /** The account has an instance, {@link Given#ID}. */
  Model holding(InstanceState state) {
    instance = state;
    return this;
  }

  Model bound() {
    bound = true;
    return this;
  }

  /** A create is open; it made what the account holds. */
  Model open() {
    open = true;
    return this;
  }

  Model handled(List<PowerRequest> requests) {
    requests.forEach(request -> handled.add(request.mark()));
    return this;
  }

  void ask(Desired next) {
    desired = next;
  }

  @Nullable InstanceState state() {
    return instance;
  }

  List<PowerRequest> sent() {
    return sent;
  }

  /** One pass: what was done. */
  Action pass() {
    Action action = Decider.decide(desired, status(), observation());
    apply(action);
    if (!handled.isEmpty()) {
      handled = PowerRequest.remember(desired, status(), List.of());
    }
    return action;
  }

  /** The instance gets where it is going. */
  void settle() {
    if (instance == InstanceState.PROVISIONING || instance == InstanceState.STAGING) {
      instance = InstanceState.RUNNING;
    } else if (instance == InstanceState.STOPPING) {
      instance = InstanceState.TERMINATED;
    }
  }

  private ComputeInstanceStatus status() {
    Recorded recorded = open ? Given.open() : bound ? Given.bound() : Given.unbound();
    if (takenOver) {
      recorded.takenOver();
    }
    return recorded.handled(handled).status();
  }

  private Observation observation() {
    if (open) {
      return new Observation.Due();
    }
    if (bound || (desired.takeover().isPresent() && !desired.deleting())) {
      return instance == null
          ? new Observation.Absent(true, true)
          : new Observation.Found(seen(), Optional.empty());
    }
    return desired.deleting()
        ? new Observation.NotYet()
        : new Observation.Orderable(Optional.of(Given.ZONE));
  }

  private Instance seen() {
    return Given.instance(Objects.requireNonNull(instance));
  }

  private void apply(Action action) {
    switch (action) {
      case Action.Create c -> {
        instance = InstanceState.PROVISIONING;
        bound = true;
        remember(PowerRequest.standing(desired));
      }
      case Action.Settle s -> {
        open = false;
        bound = instance != null;
      }
      case Action.Adopt a -> {
        open = false;
        bound = true;
      }
      case Action.Forget f -> open = false;
      case Action.TakeOver t -> {
        bound = true;
        takenOver = true;
        remember(PowerRequest.standing(desired));
      }
      case Action.Start s -> instance = InstanceState.STAGING;
      case Action.Stop s -> instance = InstanceState.STOPPING;
      case Action.Request request -> {
        sent.add(request.request());
        remember(List.of(request.request()));
        if (request.call() == Operation.START) {
          instance = InstanceState.STAGING;
        }
      }
      case Action.Skip skip -> remember(skip.requests());
      case Action.Delete d -> {
        instance = null;
        bound = false;
      }
      case Action.Keep k -> {}
      case Action.Rest r -> {}
      case Action.Wait w -> {}
      case Action.Retry r -> {}
      case Action.Stall s -> {}
      case Action.Pause p -> {}
      case Action.GiveUp g -> {}
      case Action.Release r -> {}
    }
  }

  private void remember(List<PowerRequest> done) {
    handled = PowerRequest.remember(desired, status(), done);
  }
}
