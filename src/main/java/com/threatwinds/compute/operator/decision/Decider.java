package com.threatwinds.compute.operator.decision;

import static com.threatwinds.compute.operator.api.v1alpha1.Reason.*;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Action.Release.Why;
import com.threatwinds.compute.operator.decision.Observation.*;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides the one thing to do next. The first row that fits counts.
 *
 * <table>
 * <caption>What is done</caption>
 * <tr><th>asked, recorded</th><th>observed</th><th>action</th></tr>
 * <tr><td>status can't be read</td><td>-</td><td>keep: the binding may be in it</td></tr>
 * <tr><td>deleting, nothing bound or open</td><td>-</td><td>release</td></tr>
 * <tr><td>paused</td><td>-</td><td>pause</td></tr>
 * <tr><td>deleting, policy Retain</td><td>-</td><td>release</td></tr>
 * <tr><td>deleting</td><td>uninstalling</td><td>release</td></tr>
 * <tr><td>deleting, create open</td><td>early, due</td><td>wait, settle</td></tr>
 * <tr><td>deleting, bound</td><td>found</td><td>delete</td></tr>
 * <tr><td>deleting, bound</td><td>absent: proven and confirmed</td><td>release</td></tr>
 * <tr><td>deleting, bound</td><td>absent otherwise</td><td>wait, or stall if unproven</td></tr>
 * <tr><td>spec not understood, or an immutable value changed</td><td>-</td><td>stall</td></tr>
 * <tr><td>create open, answered by a person</td><td>-</td><td>adopt that one, or forget</td></tr>
 * <tr><td>create open</td><td>early, due</td><td>wait, settle</td></tr>
 * <tr><td>bound</td><td>found, bound by another too</td><td>stall</td></tr>
 * <tr><td>bound, a request announced and not answered</td><td>found</td><td>give it up</td></tr>
 * <tr><td>bound</td><td>found, moving or of an unknown state</td><td>wait</td></tr>
 * <tr><td>bound, request, power Stopped</td><td>found</td><td>skip the request</td></tr>
 * <tr><td>bound, request</td><td>found</td><td>send it; start what does not run</td></tr>
 * <tr><td>bound, power Running</td><td>found, stopped or suspended</td><td>start</td></tr>
 * <tr><td>bound, power Stopped</td><td>found, running</td><td>stop</td></tr>
 * <tr><td>bound</td><td>found</td><td>rest</td></tr>
 * <tr><td>bound</td><td>absent</td><td>wait; stall once confirmed, or if unproven</td></tr>
 * <tr><td>unbound, take-over asked</td><td>found; else</td><td>take over; stall</td></tr>
 * <tr><td>unbound</td><td>orderable; else</td><td>create; stall</td></tr>
 * <tr><td>all as asked before</td><td>not to be seen</td><td>keep</td></tr>
 * <tr><td>any</td><td>not to be seen</td><td>retry</td></tr>
 * </table>
 *
 * <p>What the API refused (400) for this generation, and in this state, is not sent again.
 */
public final class Decider {

  private Decider() {}

  /** The next action; total, and without a look at anything but its arguments. */
  public static Action decide(
      Desired desired, ComputeInstanceStatus status, Observation observation) {
    if (status.problem() != null) {
      return new Action.Keep();
    }
    if (desired.deleting() && status.instanceId() == null && status.create() == null) {
      return new Action.Release(Why.NOTHING_THERE);
    }
    if (desired.paused()) {
      return new Action.Pause();
    }
    if (desired.deleting()) {
      return whileDeleting(desired, status, observation);
    }
    if (desired.problem().isPresent()) {
      return new Action.Stall(INVALID_SPEC, desired.problem().get());
    }
    Optional<String> changed = changedImmutable(desired, status);
    if (changed.isPresent()) {
      return new Action.Stall(IMMUTABLE_FIELD_CHANGED, changed.get());
    }
    if (status.create() != null) {
      return whileCreateIsOpen(desired, status.create(), observation);
    }
    if (status.instanceId() != null) {
      return whileBound(desired, status, observation);
    }
    return whileUnbound(desired, status, observation);
  }

  // -- deletion

  private static Action whileDeleting(
      Desired desired, ComputeInstanceStatus status, Observation observation) {
    Optional<InstanceId> bound = InstanceId.parse(status.instanceId());
    if (policy(desired, status) == DeletionPolicy.RETAIN) {
      return new Action.Release(Why.RETAINED);
    }
    if (observation instanceof Uninstalling) {
      return new Action.Release(Why.UNINSTALLING);
    }
    if (bound.isEmpty()) {
      return status.create() == null
          ? new Action.Keep()
          : whileCreateIsOpen(desired, status.create(), observation);
    }
    return switch (observation) {
      case Found found when found.rival().isPresent() ->
          // Two resources hold one instance; this is not the one it was made for.
          new Action.Release(Why.RETAINED);
      case Found found -> new Action.Delete(bound.get(), found.seenWith());
      case Absent(boolean confirmed, boolean proven) when !proven -> otherAccount(status);
      case Absent(boolean confirmed, boolean proven) when confirmed -> new Action.Release(Why.GONE);
      case Absent absent ->
          new Action.Wait(DELETING, "instance " + bound.get() + " answers 404: checked again");
      case OtherAccount() -> otherAccount(status);
      case Failed(var error) -> new Action.Retry(error);
      case NotYet n -> new Action.Keep();
      case Uninstalling u -> new Action.Keep();
      case Unsettled u -> new Action.Keep();
      case Due d -> new Action.Keep();
      case Orderable o -> new Action.Keep();
      case NoSuchTemplate n -> new Action.Keep();
      case NoSuchZone n -> new Action.Keep();
      case TakeoverForbidden t -> new Action.Keep();
      case Claimed c -> new Action.Keep();
    };
  }

  /** What becomes of the instance: what was made here goes, what was taken over stays. */
  public static DeletionPolicy policy(Desired desired, ComputeInstanceStatus status) {
    return desired
        .deletionPolicy()
        .orElse(
            Boolean.TRUE.equals(status.takenOver())
                ? DeletionPolicy.RETAIN
                : DeletionPolicy.DELETE);
  }

  // -- a create that is open

  private static Action whileCreateIsOpen(
      Desired desired, CreateAttempt attempt, Observation observation) {
    if (desired.resolution().isPresent()) {
      switch (desired.resolution().get()) {
        case Desired.Resolution.Adopt(InstanceId id) -> {
          if (attempt.candidates() != null && attempt.candidates().contains(id.value())) {
            return new Action.Adopt(id);
          }
        }
        case Desired.Resolution.Retry(String attemptId) -> {
          if (attemptId.equals(attempt.attemptId())) {
            return new Action.Forget();
          }
        }
      }
    }
    return switch (observation) {
      case Unsettled u -> unsettled();
      case Due d -> new Action.Settle();
      case Failed(var error) -> new Action.Retry(error);
      case NotYet n -> new Action.Keep();
      case Uninstalling u -> new Action.Keep();
      case OtherAccount o -> new Action.Keep();
      case Found f -> new Action.Keep();
      case Absent a -> new Action.Keep();
      case Orderable o -> new Action.Keep();
      case NoSuchTemplate n -> new Action.Keep();
      case NoSuchZone n -> new Action.Keep();
      case TakeoverForbidden t -> new Action.Keep();
      case Claimed c -> new Action.Keep();
    };
  }

  private static Action unsettled() {
    return new Action.Wait(
        CONFIRMING_CREATE,
        "the create may or may not have happened: the account's list settles it once it must show");
  }

  // -- an instance that is bound

  private static Action whileBound(
      Desired desired, ComputeInstanceStatus status, Observation observation) {
    return switch (observation) {
      case Found(Instance instance, Optional<String> rival, var seenWith) when rival.isPresent() ->
          claimed(instance.id(), rival.get());
      case Found found -> withInstance(desired, status, found.instance());
      case Absent(boolean confirmed, boolean proven) when !proven ->
          keepIfSettled(desired, status, otherAccount(status));
      case Absent(boolean confirmed, boolean proven) when confirmed ->
          new Action.Stall(
              INSTANCE_NOT_FOUND,
              "instance "
                  + status.instanceId()
                  + " is gone, and this operator did not delete it: delete this ComputeInstance,"
                  + " or restore the instance");
      case Absent absent ->
          new Action.Wait(
              API_UNAVAILABLE,
              "instance " + status.instanceId() + " answers 404: checked again before it counts");
      case OtherAccount() -> keepIfSettled(desired, status, otherAccount(status));
      case Failed(var error) -> keepIfSettled(desired, status, new Action.Retry(error));
      case NotYet n -> new Action.Keep();
      case Uninstalling u -> new Action.Keep();
      case Orderable o -> new Action.Keep();
      case NoSuchTemplate n -> new Action.Keep();
      case NoSuchZone n -> new Action.Keep();
      case Unsettled u -> new Action.Keep();
      case Due d -> new Action.Keep();
      case TakeoverForbidden t -> new Action.Keep();
      case Claimed c -> new Action.Keep();
    };
  }

  private static Action withInstance(
      Desired desired, ComputeInstanceStatus status, Instance instance) {
    if (status.power() != null && status.power().outcome() == PowerOutcome.ISSUING) {
      return new Action.GiveUp();
    }
    InstanceState state = instance.state();
    switch (state) {
      case PROVISIONING -> {
        return new Action.Wait(PROVISIONING, "instance " + instance.id() + " is being provisioned");
      }
      case STAGING -> {
        return new Action.Wait(STARTING, "instance " + instance.id() + " is starting");
      }
      case STOPPING -> {
        return new Action.Wait(STOPPING, "instance " + instance.id() + " is stopping");
      }
      case UNKNOWN -> {
        return new Action.Wait(
            API_UNAVAILABLE,
            "instance " + instance.id() + " is in a state that this operator does not know");
      }
      case RUNNING, TERMINATED, SUSPENDED -> {}
    }
    boolean running = state == InstanceState.RUNNING;
    List<PowerRequest> pending = PowerRequest.pending(desired, status);
    if (!pending.isEmpty()) {
      if (desired.wantsStopped()) {
        return new Action.Skip(pending);
      }
      PowerRequest request = pending.getFirst();
      return new Action.Request(instance.id(), request, running ? request.call() : Operation.START);
    }
    if (desired.wantsRunning() && !running) {
      return unlessRejected(desired, status, instance, new Action.Start(instance.id()));
    }
    if (desired.wantsStopped() && running) {
      return unlessRejected(desired, status, instance, new Action.Stop(instance.id()));
    }
    return unlessRejected(
        desired,
        status,
        instance,
        new Action.Rest(
            switch (state) {
              case RUNNING -> RUNNING;
              case SUSPENDED -> SUSPENDED;
              case TERMINATED, PROVISIONING, STAGING, STOPPING, UNKNOWN -> STOPPED;
            }));
  }

  /** A refused request stays told until the spec changes; a refused start or stop, the state. */
  private static Action unlessRejected(
      Desired desired, ComputeInstanceStatus status, Instance instance, Action otherwise) {
    boolean rejectedRequest =
        status.power() != null
            && status.power().outcome() == PowerOutcome.REJECTED
            && otherwise instanceof Action.Rest
            && PowerRequest.standing(desired).stream().anyMatch(r -> r.isRecordedIn(status));
    boolean rejectedCall =
        otherwise.isChange() && Objects.equals(status.state(), instance.stateText());
    return (rejectedRequest || rejectedCall)
        ? standingRejection(desired, status).orElse(otherwise)
        : otherwise;
  }

  /** The refusal that the status tells of, if it was of this very generation. */
  private static Optional<Action> standingRejection(Desired desired, ComputeInstanceStatus status) {
    return status
        .condition(ConditionType.STALLED)
        .filter(c -> "True".equals(c.getStatus()))
        .filter(c -> REQUEST_REJECTED.toString().equals(c.getReason()))
        .filter(c -> Objects.equals(c.getObservedGeneration(), desired.generation()))
        .map(c -> new Action.Stall(REQUEST_REJECTED, c.getMessage()));
  }

  // -- no instance yet

  private static Action whileUnbound(
      Desired desired, ComputeInstanceStatus status, Observation observation) {
    return switch (observation) {
      case Orderable(Optional<String> defaultZone) when desired.takeover().isEmpty() ->
          standingRejection(desired, status)
              .orElseGet(
                  () ->
                      new Action.Create(
                          desired.templateId().orElseThrow(), desired.zone(), defaultZone));
      case NoSuchTemplate(List<String> valid) ->
          new Action.Stall(
              TEMPLATE_NOT_FOUND,
              "there is no template "
                  + desired.templateId().orElse("")
                  + "; "
                  + Words.nearest(desired.templateId().orElse(""), valid, "there are"));
      case NoSuchZone(List<String> valid) ->
          new Action.Stall(
              ZONE_NOT_AVAILABLE,
              "template "
                  + desired.templateId().orElse("")
                  + " is not available in zone "
                  + desired.zone().orElse("")
                  + "; "
                  + Words.nearest(desired.zone().orElse(""), valid, "its zones are"));
      case Found(Instance instance, Optional<String> rival, var seenWith) when rival.isPresent() ->
          claimed(instance.id(), rival.get());
      case Found found when desired.takeover().isPresent() -> takeOver(desired, found.instance());
      case Absent absent ->
          new Action.Stall(
              INSTANCE_NOT_FOUND,
              "there is no instance "
                  + desired.takeover().map(InstanceId::value).orElse("")
                  + " that these credentials may see");
      case TakeoverForbidden() ->
          new Action.Stall(
              TAKEOVER_NOT_ALLOWED,
              "taking over instance "
                  + desired.takeover().map(InstanceId::value).orElse("")
                  + " is not allowed in this namespace: an administrator allows it with"
                  + " COMPUTE_TAKEOVER_NAMESPACES"
                  + (desired.claimedByAnnotation()
                      ? ", or remove the annotation compute.threatwinds.com/instance-id to create"
                          + " a new instance"
                      : ""));
      case Claimed(String holder) when desired.takeover().isPresent() ->
          claimed(desired.takeover().get(), holder);
      case Failed(var error) -> new Action.Retry(error);
      case OtherAccount() -> otherAccount(status);
      case NotYet n -> new Action.Keep();
      case Orderable o -> new Action.Keep();
      case Found f -> new Action.Keep();
      case Claimed c -> new Action.Keep();
      case Uninstalling u -> new Action.Keep();
      case Unsettled u -> new Action.Keep();
      case Due d -> new Action.Keep();
    };
  }

  private static Action takeOver(Desired desired, Instance instance) {
    if (instance.templateId() != null
        && !instance.templateId().equals(desired.templateId().orElse(null))) {
      return new Action.Stall(
          TEMPLATE_MISMATCH,
          "instance "
              + instance.id()
              + " is made of template "
              + instance.templateId()
              + ", not "
              + desired.templateId().orElse(""));
    }
    if (desired.zone().isPresent()
        && instance.zone() != null
        && !instance.zone().equals(desired.zone().get())) {
      return new Action.Stall(
          ZONE_NOT_AVAILABLE,
          "instance "
              + instance.id()
              + " is in zone "
              + instance.zone()
              + ", not "
              + desired.zone().get());
    }
    return new Action.TakeOver(instance);
  }

  // -- rows that several tables share

  private static Action claimed(InstanceId id, String holder) {
    return new Action.Stall(
        INSTANCE_CLAIMED, "instance " + id + " belongs to another ComputeInstance" + holder);
  }

  private static Action otherAccount(ComputeInstanceStatus status) {
    return new Action.Stall(
        ACCOUNT_MISMATCH,
        "instance "
            + status.instanceId()
            + " can't be seen with these credentials, and they are not provably of the account"
            + " that owns it: bring back credentials of that account");
  }

  /** Trouble of the whole account is not written to resources that wait for nothing. */
  private static Action keepIfSettled(
      Desired desired, ComputeInstanceStatus status, Action otherwise) {
    return waitsForNothing(desired, status) ? new Action.Keep() : otherwise;
  }

  /** Whether all is as asked, as far as the status tells: whoever can't look needs not tell. */
  public static boolean waitsForNothing(Desired desired, ComputeInstanceStatus status) {
    return status
            .condition(ConditionType.READY)
            .filter(c -> "True".equals(c.getStatus()))
            .filter(c -> Objects.equals(c.getObservedGeneration(), desired.generation()))
            .isPresent()
        && PowerRequest.pending(desired, status).isEmpty();
  }

  private static Optional<String> changedImmutable(Desired desired, ComputeInstanceStatus status) {
    if (status.accepted() == null) {
      return Optional.empty();
    }
    var accepted = status.accepted();
    Optional<String> instanceId =
        desired.claimedByAnnotation()
            ? Optional.empty()
            : desired.takeover().map(InstanceId::value);
    return changed("templateId", accepted.templateId(), desired.templateId())
        .or(() -> changed("zone", accepted.zone(), desired.zone()))
        .or(() -> changed("instanceId", accepted.instanceId(), instanceId));
  }

  private static Optional<String> changed(
      String field, @org.jspecify.annotations.Nullable String accepted, Optional<String> now) {
    return Optional.ofNullable(accepted).equals(now)
        ? Optional.empty()
        : Optional.of(
            "spec."
                + field
                + " can't be changed: set it back to "
                + (accepted == null ? "absent" : accepted)
                + ", or delete this ComputeInstance and create another");
  }
}
