package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.decision.Action;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is worth an event: one for each thing done or refused, one for each trouble when it begins,
 * none for waiting. Pure, like the status that it goes with.
 */
final class EventReport {

  /** One event, still without the object that it is about. */
  record Note(boolean warning, String reason, String action, String text) {}

  private static final Set<String> TROUBLES =
      EnumSet.of(
              Reason.CONFIRMING_CREATE,
              Reason.RATE_LIMITED,
              Reason.QUOTA_EXCEEDED,
              Reason.API_UNAVAILABLE,
              Reason.TEMPLATE_NOT_FOUND,
              Reason.ZONE_NOT_AVAILABLE,
              Reason.TEMPLATE_MISMATCH,
              Reason.INVALID_SPEC,
              Reason.IMMUTABLE_FIELD_CHANGED,
              Reason.AUTHENTICATION_FAILED,
              Reason.ACCOUNT_MISMATCH,
              Reason.INSTANCE_NOT_FOUND,
              Reason.INSTANCE_CLAIMED,
              Reason.TAKEOVER_NOT_ALLOWED,
              Reason.CREATE_OUTCOME_UNKNOWN,
              Reason.REQUEST_REJECTED)
          .stream()
          .map(Reason::toString)
          .collect(Collectors.toUnmodifiableSet());

  private EventReport() {}

  /** The events of one pass. */
  static List<Note> of(
      ComputeInstanceStatus before, ComputeInstanceStatus after, Action action, Outcome outcome) {
    List<Note> notes = new ArrayList<>();
    if (outcome instanceof Outcome.Made made) {
      String id = made.seen().instance().id().value();
      notes.add(
          action instanceof Action.Create
              ? done("Created", "Create", "created instance " + id)
              : done(
                  "Adopted",
                  "Adopt",
                  action instanceof Action.TakeOver
                      ? "took over instance " + id
                      : "bound instance " + id + " as the outcome of the create"));
    }
    if (outcome instanceof Outcome.Accepted) {
      accepted(action).ifPresent(notes::add);
    }
    if (action instanceof Action.Release(Action.Release.Why why)
        && outcome instanceof Outcome.Nothing) {
      released(before, why).ifPresent(notes::add);
    }
    if (becameProvisioned(before, after)) {
      notes.add(
          done(
              "Provisioned",
              "Create",
              "instance "
                  + after.instanceId()
                  + " is running"
                  + (after.externalIp() == null ? "" : " at " + after.externalIp())));
    }
    if (powerOutcome(after) == PowerOutcome.UNKNOWN && !isSameRecord(before, after)) {
      notes.add(
          new Note(
              true,
              "PowerOutcomeUnknown",
              Objects.requireNonNull(Objects.requireNonNull(after.power()).operation()),
              "the request may or may not have reached instance "
                  + after.instanceId()
                  + "; it is not sent again, ask anew if it is still needed"));
    }
    trouble(before, after).ifPresent(notes::add);
    return notes;
  }

  /** A status that can't be read, and so can't say it itself. */
  static List<Note> unreadable(String problem) {
    return List.of(
        new Note(
            true,
            Reason.INVALID_SPEC.toString(),
            "Reconcile",
            "the stored status can't be read, and nothing is done before somebody mends it: "
                + problem));
  }

  /** An instance that its own resource does not want, and that is not ours to delete yet. */
  static List<Note> late(InstanceId id) {
    return List.of(
        new Note(
            true,
            Reason.CREATE_OUTCOME_UNKNOWN.toString(),
            "Create",
            "instance "
                + id
                + " was made too late for the ComputeInstance that asked for it, and is kept because"
                + " a ComputeInstance may claim it; it is deleted once none does"));
  }

  private static Note done(String reason, String action, String text) {
    return new Note(false, reason, action, text);
  }

  private static Optional<Note> accepted(Action action) {
    return switch (action) {
      case Action.Start s -> Optional.of(done("Started", "Start", "started instance " + s.id()));
      case Action.Stop s -> Optional.of(done("Stopped", "Stop", "stopped instance " + s.id()));
      case Action.Delete d -> Optional.of(done("Deleted", "Delete", "deleted instance " + d.id()));
      case Action.Request r ->
          Optional.of(
              switch (r.call()) {
                case START ->
                    done(
                        "Started",
                        "Start",
                        "started instance "
                            + r.id()
                            + ", which did not run, for the "
                            + r.request().operation());
                default ->
                    r.request().operation() == Power.RESTART
                        ? done("Restarted", "Restart", "restarted instance " + r.id())
                        : done("Reset", "Reset", "reset instance " + r.id());
              });
      case Action.Keep k -> Optional.empty();
      case Action.Rest r -> Optional.empty();
      case Action.Wait w -> Optional.empty();
      case Action.Retry r -> Optional.empty();
      case Action.Stall s -> Optional.empty();
      case Action.Pause p -> Optional.empty();
      case Action.Skip s -> Optional.empty();
      case Action.GiveUp g -> Optional.empty();
      case Action.Forget f -> Optional.empty();
      case Action.Release r -> Optional.empty();
      case Action.Create c -> Optional.empty();
      case Action.Settle s -> Optional.empty();
      case Action.Adopt a -> Optional.empty();
      case Action.TakeOver t -> Optional.empty();
    };
  }

  private static Optional<Note> released(ComputeInstanceStatus before, Action.Release.Why why) {
    String instance =
        before.instanceId() == null
            ? "whatever the open create made"
            : "instance " + before.instanceId();
    return switch (why) {
      case NOTHING_THERE -> Optional.empty();
      case RETAINED ->
          Optional.of(done("Retained", "Release", instance + " is kept, as it is asked"));
      case UNINSTALLING ->
          Optional.of(
              done(
                  "Retained",
                  "Release",
                  instance + " is kept, because the resource definition itself is deleted"));
      case GONE -> Optional.of(done("Deleted", "Delete", instance + " is gone already"));
    };
  }

  /** It ran for the first time: seen to leave PROVISIONING, or found running when it was bound. */
  static boolean becameProvisioned(ComputeInstanceStatus before, ComputeInstanceStatus after) {
    boolean wasProvisioning = isIn(before, InstanceState.PROVISIONING);
    boolean wasFoundRunning =
        isIn(before, InstanceState.RUNNING)
            && !Boolean.TRUE.equals(before.takenOver())
            && readyReason(before).equals(Reason.CREATING.toString());
    return before.instanceId() != null
        && isIn(after, InstanceState.RUNNING)
        && !readyReason(after).equals(Reason.CREATING.toString())
        && (wasProvisioning || wasFoundRunning);
  }

  private static boolean isIn(ComputeInstanceStatus status, InstanceState state) {
    return status.state() != null && InstanceState.of(status.state()) == state;
  }

  private static String readyReason(ComputeInstanceStatus status) {
    return status.condition(ConditionType.READY).map(Condition::getReason).orElse("");
  }

  /** Whether both tell of the same end of the same request. */
  private static boolean isSameRecord(ComputeInstanceStatus before, ComputeInstanceStatus after) {
    return powerOutcome(before) == powerOutcome(after)
        && before.power() != null
        && after.power() != null
        && Objects.equals(before.power().operation(), after.power().operation())
        && Objects.equals(before.power().requestId(), after.power().requestId())
        && Objects.equals(before.power().time(), after.power().time());
  }

  private static @org.jspecify.annotations.Nullable PowerOutcome powerOutcome(
      ComputeInstanceStatus status) {
    return status.power() == null ? null : status.power().outcome();
  }

  private static Optional<Note> trouble(ComputeInstanceStatus before, ComputeInstanceStatus after) {
    Optional<Condition> now = after.condition(ConditionType.READY);
    if (now.isEmpty()) {
      return Optional.empty();
    }
    String reason = now.get().getReason();
    String was = readyReason(before);
    boolean slow =
        reason.equals(Reason.PROVISIONING.toString())
            && now.get().getMessage().contains("longer than")
            && !before
                .condition(ConditionType.READY)
                .map(Condition::getMessage)
                .filter(now.get().getMessage()::equals)
                .isPresent();
    boolean begins = TROUBLES.contains(reason) && !reason.equals(was);
    return begins || slow
        ? Optional.of(new Note(true, reason, "Reconcile", now.get().getMessage()))
        : Optional.empty();
  }
}
