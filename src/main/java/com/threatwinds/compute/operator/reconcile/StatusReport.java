package com.threatwinds.compute.operator.reconcile;

import static com.threatwinds.compute.operator.api.v1alpha1.Reason.*;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.Accepted;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.LastError;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.decision.PowerRequest;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The only maker of a status: a pure function of what was recorded, asked, seen, done and came of
 * it. An equal status is not written, so nothing in it may change while nothing happens.
 */
final class StatusReport {

  /** From when on an instance that is still being provisioned is worth a warning. */
  static final Duration SLOW_PROVISIONING = Duration.ofMinutes(15);

  private static final Set<String> READS =
      Arrays.stream(Operation.values())
          .filter(operation -> !operation.isChange())
          .map(Operation::toString)
          .collect(Collectors.toUnmodifiableSet());

  private final ComputeInstanceStatus before;
  private final Desired desired;
  private final Instant now;

  private @Nullable String instanceId;
  private @Nullable Boolean takenOver;
  private @Nullable String name;
  private @Nullable String state;
  private @Nullable String zone;
  private @Nullable String machineType;
  private @Nullable String externalIp;
  private @Nullable String internalIp;
  private @Nullable String createdAt;
  private @Nullable String userId;
  private @Nullable String credentials;
  private @Nullable List<Condition> conditions;
  private @Nullable Accepted accepted;
  private @Nullable CreateAttempt create;
  private @Nullable PowerRecord power;
  private @Nullable LastError lastError;

  private StatusReport(ComputeInstanceStatus before, Desired desired, Instant now) {
    this.before = before;
    this.desired = desired;
    this.now = now;
    this.instanceId = before.instanceId();
    this.takenOver = before.takenOver();
    this.name = before.name();
    this.state = before.state();
    this.zone = before.zone();
    this.machineType = before.machineType();
    this.externalIp = before.externalIp();
    this.internalIp = before.internalIp();
    this.createdAt = before.createdAt();
    this.userId = before.userId();
    this.credentials = before.credentials();
    this.conditions = before.conditions();
    this.accepted = before.accepted();
    this.create = before.create();
    this.power = before.power();
    this.lastError = before.lastError();
  }

  // -- the statuses that are written before a call

  /** The status that announces a create; its request may be sent once it is acknowledged. */
  static ComputeInstanceStatus attempting(
      ComputeInstanceStatus before, Desired desired, CreateAttempt attempt, Instant now) {
    var report = new StatusReport(before, desired, now);
    report.create = attempt;
    report.handled(PowerRequest.standing(desired), PowerOutcome.SKIPPED);
    report.reconciling(CREATING, "the instance is being created");
    return report.status();
  }

  /** The status that announces a restart or reset; sent once it is acknowledged. */
  static ComputeInstanceStatus issuing(
      ComputeInstanceStatus before, Desired desired, PowerRequest request, Instant now) {
    var report = new StatusReport(before, desired, now);
    // Remembered from here on: should this process die now, its request may have been sent, and the
    // spec may ask for another before anybody looks again.
    report.handled(List.of(request), PowerOutcome.ISSUING);
    report.reconciling(progress(request), "the " + word(request) + " is being sent");
    return report.status();
  }

  /** The status that is written before a deletion: the instance was seen with these credentials. */
  static ComputeInstanceStatus seenWith(ComputeInstanceStatus before, Fingerprint credentials) {
    return withCredentials(before, credentials.value());
  }

  /** The status of an open create whose outcome that instance can't be. */
  static ComputeInstanceStatus knowing(ComputeInstanceStatus before, InstanceId id) {
    CreateAttempt attempt = Objects.requireNonNull(before.create());
    List<String> known =
        Stream.concat(
                Stream.ofNullable(attempt.known()).flatMap(List::stream), Stream.of(id.value()))
            .toList();
    return withCreate(before, withKnown(attempt, known));
  }

  // -- the status that is written after a pass

  /**
   * What is written back.
   *
   * @param before what was recorded when the action was decided
   * @param announced what was written before the call; the same as {@code before} if nothing was
   */
  static ComputeInstanceStatus of(
      ComputeInstanceStatus before,
      ComputeInstanceStatus announced,
      Desired desired,
      Observation observation,
      Action action,
      Outcome outcome,
      Instant now) {
    if (announced.problem() != null) {
      return announced; // Never overwritten: the binding may be in what can't be read.
    }
    var report = new StatusReport(announced, desired, now);
    if (observation instanceof Observation.Found found && announced.instanceId() != null) {
      report.observed(found.instance());
      found.seenWith().ifPresent(seenWith -> report.credentials = seenWith.value());
    }
    if (!(outcome instanceof Outcome.Failed)) {
      report.forgetFailedRead(observation);
    }
    if (!report.tellOutcome(before, action, outcome)) {
      report.tellAction(action, observation);
    }
    ComputeInstanceStatus status = report.status();
    // A mark of other credentials alone is not worth a write to every resource.
    return withCredentials(status, announced.credentials()).equals(announced) ? announced : status;
  }

  /** A read that failed is told of until one answers; a change that failed, until one succeeds. */
  private void forgetFailedRead(Observation observation) {
    boolean answered =
        switch (observation) {
          case Observation.Found f -> true;
          case Observation.Absent a -> true;
          case Observation.Orderable o -> true;
          case Observation.NoSuchTemplate n -> true;
          case Observation.NoSuchZone n -> true;
          case Observation.NotYet n -> false;
          case Observation.Failed f -> false;
          case Observation.OtherAccount o -> false;
          case Observation.Unsettled u -> false;
          case Observation.Due d -> false;
          case Observation.TakeoverForbidden t -> false;
          case Observation.Claimed c -> false;
          case Observation.Uninstalling u -> false;
        };
    if (answered && lastError != null && READS.contains(String.valueOf(lastError.operation()))) {
      lastError = null;
    }
  }

  /** Tells what came of it; false if that adds nothing to the action itself. */
  private boolean tellOutcome(ComputeInstanceStatus previous, Action action, Outcome outcome) {
    switch (outcome) {
      case Outcome.Nothing n -> {
        return false;
      }
      case Outcome.Accepted a -> accepted(action);
      case Outcome.Made(Seen seen) -> made(action, seen);
      case Outcome.NotMade n -> {
        create = null;
        reconciling(CREATING, "the create did not happen and begins anew");
      }
      case Outcome.Ambiguous(List<InstanceId> candidates) -> ambiguous(candidates);
      case Outcome.Crowded(int instances) ->
          stalled(
              CREATE_OUTCOME_UNKNOWN,
              "nothing is created: beside the "
                  + instances
                  + " instances of this template that may be as young and belong to no"
                  + " ComputeInstance, its outcome could not be told if the answer were lost;"
                  + " delete them, or take them over");
      case Outcome.OtherAccount o ->
          stalled(
              ACCOUNT_MISMATCH,
              "a create is open, and the credentials at hand are not provably of the account that"
                  + " it was made in: bring those back, or annotate this ComputeInstance with"
                  + " compute.threatwinds.com/resolve-create=retry:"
                  + Objects.requireNonNull(create).attemptId()
                  + " to create another");
      case Outcome.ReadOnce r -> confirming();
      case Outcome.LookAgain l -> confirming();
      case Outcome.Failed(ComputeApiException error) -> failed(previous, action, error);
      case Outcome.Queued(Reason reason, String message, Duration after) ->
          reconciling(reason, message);
      case Outcome.Outdated o -> {
        // Nothing was sent, announced or not, and what was seen may be old.
        power = previous.power();
        conditions = previous.conditions();
      }
      case Outcome.Claimed(String holder) ->
          stalled(INSTANCE_CLAIMED, "the instance belongs to another ComputeInstance" + holder);
    }
    return true;
  }

  private void tellAction(Action action, Observation observation) {
    switch (action) {
      case Action.Keep k -> {}
      case Action.Rest(Reason reason) -> {
        lastError = null;
        ready(reason, restMessage(reason));
      }
      case Action.Wait(Reason reason, String message) ->
          reconciling(reason, reason == PROVISIONING ? withPatience(message) : message);
      case Action.Retry(ComputeApiException error) -> trouble(error);
      case Action.Stall(Reason reason, String message) -> {
        if (reason == INSTANCE_NOT_FOUND) {
          state = null; // What is gone runs nowhere.
          externalIp = null;
          internalIp = null;
        }
        stalled(reason, message);
      }
      case Action.Pause p -> paused(observation);
      case Action.Skip(List<PowerRequest> requests) -> {
        handled(requests, PowerOutcome.SKIPPED);
        switch (InstanceState.of(state)) {
          case TERMINATED -> ready(STOPPED, restMessage(STOPPED));
          case SUSPENDED -> ready(SUSPENDED, restMessage(SUSPENDED));
          case RUNNING, PROVISIONING, STAGING, STOPPING, UNKNOWN ->
              reconciling(
                  STOPPING, "the instance is to be stopped, so that the request is skipped");
        }
      }
      case Action.GiveUp g -> {
        // The next pass, at once, tells how the instance is.
        power = concluded(PowerOutcome.UNKNOWN);
      }
      case Action.Forget f -> {
        create = null;
        reconciling(CREATING, "the open create is forgotten, as a person decided");
      }
      case Action.Release r -> reconciling(DELETING, "the resource is let go");
      case Action.Create c -> reconciling(CREATING, "the instance is about to be created");
      case Action.Settle s -> reconciling(CONFIRMING_CREATE, "the create is being settled");
      case Action.Adopt a -> reconciling(CREATING, "instance " + a.id() + " is being bound");
      case Action.TakeOver t ->
          reconciling(CREATING, "instance " + t.instance().id() + " is being taken over");
      case Action.Start s -> reconciling(STARTING, "the instance is about to be started");
      case Action.Stop s -> reconciling(STOPPING, "the instance is about to be stopped");
      case Action.Request r ->
          reconciling(progress(r.request()), "the " + word(r.request()) + " is about to be sent");
      case Action.Delete d -> reconciling(DELETING, "the instance is about to be deleted");
    }
  }

  // -- outcomes

  private void confirming() {
    reconciling(
        CONFIRMING_CREATE, "the outcome of the create is being read from the account's list");
  }

  private void accepted(Action action) {
    lastError = null;
    switch (action) {
      case Action.Start s -> reconciling(STARTING, "instance " + s.id() + " is starting");
      case Action.Stop s -> reconciling(STOPPING, "instance " + s.id() + " is stopping");
      case Action.Delete d -> reconciling(DELETING, "instance " + d.id() + " is deleted");
      case Action.Request(InstanceId id, PowerRequest request, Operation call) -> {
        handled(List.of(request), PowerOutcome.ACCEPTED);
        if (call == Operation.START) {
          reconciling(STARTING, "instance " + id + " is starting, which is its " + word(request));
        } else {
          ready(RUNNING, restMessage(RUNNING));
        }
      }
      case Action.Keep k -> {}
      case Action.Rest r -> {}
      case Action.Wait w -> {}
      case Action.Retry r -> {}
      case Action.Stall s -> {}
      case Action.Pause p -> {}
      case Action.Skip s -> {}
      case Action.GiveUp g -> {}
      case Action.Forget f -> {}
      case Action.Release r -> {}
      case Action.Create c -> {}
      case Action.Settle s -> {}
      case Action.Adopt a -> {}
      case Action.TakeOver t -> {}
    }
  }

  private void made(Action action, Seen seen) {
    lastError = null;
    create = null;
    Instance instance = seen.instance();
    instanceId = instance.id().value();
    credentials = seen.credentials().value();
    if (action instanceof Action.TakeOver) {
      takenOver = true;
      handled(PowerRequest.standing(desired), PowerOutcome.SKIPPED);
    }
    observed(instance);
    if (desired.deleting()) {
      reconciling(DELETING, "instance " + instance.id() + " is to be deleted");
    } else {
      reconciling(
          instance.state() == InstanceState.PROVISIONING ? PROVISIONING : CREATING,
          "instance "
              + instance.id()
              + (instance.state() == InstanceState.PROVISIONING
                  ? " is being provisioned"
                  : " is bound"));
    }
  }

  private void ambiguous(List<InstanceId> candidates) {
    CreateAttempt attempt = Objects.requireNonNull(create);
    List<String> ids = candidates.stream().map(InstanceId::value).toList();
    create =
        new CreateAttempt(
            attempt.attemptId(),
            attempt.startedAt(),
            attempt.ownClock(),
            attempt.templateId(),
            attempt.zone(),
            attempt.defaultZone(),
            attempt.known(),
            attempt.userId(),
            attempt.credentials(),
            stored(ids));
    stalled(
        CREATE_OUTCOME_UNKNOWN,
        "the create may have made "
            + (ids.isEmpty() ? "nothing" : "one of " + String.join(", ", ids))
            + ": annotate this ComputeInstance with compute.threatwinds.com/resolve-create="
            + (ids.isEmpty() ? "" : "adopt:<instance id>, or ")
            + "retry:"
            + attempt.attemptId()
            + " to create another");
  }

  private void failed(ComputeInstanceStatus previous, Action action, ComputeApiException error) {
    switch (action) {
      case Action.Create c -> {
        if (create == null || !error.mayHaveHappened()) {
          // Nothing was announced, or nothing came of it.
          create = null;
          power = previous.power();
          trouble(error);
        } else {
          remember(error);
          reconciling(
              CONFIRMING_CREATE,
              "the create may or may not have happened ("
                  + error.getMessage()
                  + "): the account's list settles it once it must show");
        }
      }
      case Action.Request(InstanceId id, PowerRequest request, Operation call) -> {
        if (error instanceof ComputeApiException.Rejected && error.isExplained()) {
          handled(List.of(request), PowerOutcome.REJECTED);
          trouble(error);
        } else if (!error.mayHaveHappened() || error instanceof ComputeApiException.RateLimited) {
          // A limit stands before the call, whoever says so.
          power = previous.power();
          trouble(error);
        } else {
          handled(List.of(request), PowerOutcome.UNKNOWN);
          remember(error);
          if (InstanceState.of(state) == InstanceState.RUNNING) {
            ready(
                RUNNING, "the instance runs; whether it took the " + word(request) + " is unknown");
          } else {
            reconciling(STARTING, "whether the instance took its start is looked at again");
          }
        }
      }
      case Action.Keep k -> trouble(error);
      case Action.Rest r -> trouble(error);
      case Action.Wait w -> trouble(error);
      case Action.Retry r -> trouble(error);
      case Action.Stall s -> trouble(error);
      case Action.Pause p -> trouble(error);
      case Action.Skip s -> trouble(error);
      case Action.GiveUp g -> trouble(error);
      case Action.Forget f -> trouble(error);
      case Action.Release r -> trouble(error);
      case Action.Settle s -> trouble(error);
      case Action.Adopt a -> trouble(error);
      case Action.TakeOver t -> trouble(error);
      case Action.Start s -> trouble(error);
      case Action.Stop s -> trouble(error);
      case Action.Delete d -> trouble(error);
    }
  }

  private void trouble(ComputeApiException error) {
    Trouble trouble = Trouble.of(error);
    // The same trouble again is no news: a new x-error-id for each try would mean a write for each.
    boolean news = remember(error) || !sameReason(trouble.reason());
    if (create != null && !trouble.stalled()) {
      reconciling(
          CONFIRMING_CREATE,
          "the create may or may not have happened, and the API can't be asked now: it is settled"
              + " once it can");
    } else if (!news) {
      restamp();
    } else if (trouble.stalled()) {
      stalled(trouble.reason(), trouble.message());
    } else {
      reconciling(trouble.reason(), trouble.message());
    }
  }

  /** Notes the error; false if it is the one that is noted already. */
  private boolean remember(ComputeApiException error) {
    if (error.httpStatus() == 0 && error instanceof ComputeApiException.RateLimited) {
      return false; // Our own gate: the API said nothing.
    }
    Integer status = error.httpStatus() == 0 ? null : error.httpStatus();
    if (lastError != null
        && error.operation().toString().equals(lastError.operation())
        && Objects.equals(status, lastError.httpStatus())) {
      return false;
    }
    lastError =
        new LastError(
            error.operation().toString(),
            status,
            error.getMessage(),
            error.errorId().orElse(null),
            time(now));
    return true;
  }

  private boolean sameReason(Reason reason) {
    return before
        .condition(ConditionType.READY)
        .filter(c -> reason.toString().equals(c.getReason()))
        .isPresent();
  }

  private boolean stalledBecause(Reason reason) {
    return before
        .condition(ConditionType.STALLED)
        .filter(c -> "True".equals(c.getStatus()) && reason.toString().equals(c.getReason()))
        .isPresent();
  }

  // -- the instance

  private void observed(Instance instance) {
    name = instance.name();
    state = instance.stateText();
    zone = instance.zone();
    machineType = instance.machineType();
    externalIp = instance.externalIp();
    internalIp = instance.internalIp();
    createdAt = instance.createdAt() == null ? createdAt : time(instance.createdAt());
    userId = instance.userId() == null ? userId : instance.userId();
  }

  private String restMessage(Reason reason) {
    String instance = "instance " + instanceId;
    return switch (reason) {
      case RUNNING -> instance + " is running";
      case SUSPENDED -> instance + " is suspended";
      default -> instance + " is stopped" + (desired.wantsStopped() ? ", as asked" : "");
    };
  }

  private String withPatience(String message) {
    boolean slow =
        instant(createdAt).filter(t -> t.plus(SLOW_PROVISIONING).isBefore(now)).isPresent();
    return slow ? message + " for longer than 15 minutes" : message;
  }

  // -- requests

  private void handled(List<PowerRequest> requests, PowerOutcome outcome) {
    if (requests.isEmpty()) {
      return;
    }
    PowerRequest last = requests.getLast();
    power =
        new PowerRecord(
            last.operation().toString(),
            last.id().orElse(null),
            outcome,
            time(now),
            stored(PowerRequest.remember(desired, before, requests)));
  }

  /** The announced request, with its end. */
  private PowerRecord concluded(PowerOutcome outcome) {
    PowerRecord announced = Objects.requireNonNull(power);
    return new PowerRecord(
        announced.operation(),
        announced.requestId(),
        outcome,
        time(now),
        announced.handledRequestIds());
  }

  private static Reason progress(PowerRequest request) {
    return request.operation() == Power.RESTART ? RESTARTING : RESETTING;
  }

  private static String word(PowerRequest request) {
    return request.operation() == Power.RESTART ? "restart" : "reset";
  }

  // -- conditions

  private void ready(Reason reason, String message) {
    conditions("True", reason, message, "False", "False");
  }

  private void reconciling(Reason reason, String message) {
    boolean heldForAPerson =
        stalledBecause(CREATE_OUTCOME_UNKNOWN) || stalledBecause(ACCOUNT_MISMATCH);
    if (reason == CONFIRMING_CREATE && heldForAPerson) {
      restamp(); // It is looked at now and then, but until that concludes it takes a person.
    } else {
      conditions("False", reason, message, "True", "False");
    }
  }

  private void stalled(Reason reason, String message) {
    conditions("False", reason, message, "False", "True");
  }

  private void conditions(
      String ready, Reason reason, String message, String reconciling, String stalled) {
    conditions =
        List.of(
            condition(ConditionType.READY, ready, reason.toString(), message),
            condition(ConditionType.RECONCILING, reconciling, reason.toString(), message),
            condition(ConditionType.STALLED, stalled, reason.toString(), message));
  }

  /** Paused: Ready goes on following what is seen, and nobody is said to act. */
  private void paused(Observation observation) {
    String message =
        "paused by the annotation compute.threatwinds.com/paused: nothing is changed until it is"
            + " removed";
    Condition ready =
        switch (observation) {
          case Observation.Found(Instance instance, Optional<String> rival, var seenWith)
              when rival.isEmpty() && isAsAsked(instance) ->
              condition(
                  ConditionType.READY,
                  "True",
                  restReason(instance).toString(),
                  restMessage(restReason(instance)));
          case Observation.Found f ->
              condition(ConditionType.READY, "False", PAUSED.toString(), message);
          case Observation.Absent(boolean confirmed, boolean proven) when confirmed && proven ->
              condition(
                  ConditionType.READY,
                  "False",
                  INSTANCE_NOT_FOUND.toString(),
                  "instance " + instanceId + " is gone, and this operator did not delete it");
          default ->
              // What could not be seen contradicts nothing.
              before
                  .condition(ConditionType.READY)
                  .map(
                      c ->
                          condition(
                              ConditionType.READY, c.getStatus(), c.getReason(), c.getMessage()))
                  .orElseGet(
                      () -> condition(ConditionType.READY, "False", PAUSED.toString(), message));
        };
    conditions =
        List.of(
            ready,
            condition(ConditionType.RECONCILING, "False", PAUSED.toString(), message),
            condition(ConditionType.STALLED, "False", PAUSED.toString(), message));
  }

  private boolean isAsAsked(Instance instance) {
    return switch (instance.state()) {
      case RUNNING -> !desired.wantsStopped();
      case TERMINATED, SUSPENDED -> !desired.wantsRunning();
      case PROVISIONING, STAGING, STOPPING, UNKNOWN -> false;
    };
  }

  private static Reason restReason(Instance instance) {
    return switch (instance.state()) {
      case RUNNING -> RUNNING;
      case SUSPENDED -> SUSPENDED;
      case TERMINATED, PROVISIONING, STAGING, STOPPING, UNKNOWN -> STOPPED;
    };
  }

  /** The same conditions, for this generation. */
  private void restamp() {
    conditions =
        Objects.requireNonNullElse(before.conditions(), List.<Condition>of()).stream()
            .map(c -> new ConditionBuilder(c).withObservedGeneration(desired.generation()).build())
            .toList();
  }

  private Condition condition(
      ConditionType type, String value, String reason, @Nullable String message) {
    Optional<Condition> previous = before.condition(type);
    String since =
        previous
            .filter(c -> value.equals(c.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElse(time(now));
    return new ConditionBuilder()
        .withType(type.toString())
        .withStatus(value)
        .withReason(reason)
        .withMessage(message)
        .withObservedGeneration(desired.generation())
        .withLastTransitionTime(since)
        .build();
  }

  // -- the whole

  private ComputeInstanceStatus status() {
    boolean silent = conditions == null || conditions.isEmpty();
    return new ComputeInstanceStatus(
        silent || conditions.equals(before.conditions())
            ? before.observedGeneration()
            : Long.valueOf(desired.generation()),
        instanceId,
        takenOver,
        name,
        state,
        zone,
        machineType,
        externalIp,
        internalIp,
        createdAt,
        userId,
        credentials,
        conditions,
        silent || accepted != null ? accepted : accept(),
        create,
        standing(power),
        lastError,
        null);
  }

  private @Nullable Accepted accept() {
    if (desired.problem().isPresent()) {
      return null; // Nothing that can't be understood is accepted.
    }
    return new Accepted(
        desired.templateId().orElse(null),
        desired.zone().orElse(null),
        desired.claimedByAnnotation()
            ? null
            : desired.takeover().map(InstanceId::value).orElse(null));
  }

  /** A spec value that no longer stands is forgotten, so that its return is a new request. */
  private @Nullable PowerRecord standing(@Nullable PowerRecord record) {
    if (record == null || record.outcome() == PowerOutcome.ISSUING) {
      return record;
    }
    ComputeInstanceStatus holder = before.power() == record ? before : withPower(record);
    return new PowerRecord(
        record.operation(),
        record.requestId(),
        record.outcome(),
        record.time(),
        stored(PowerRequest.remember(desired, holder, List.of())));
  }

  /** As it is read back: an empty list is not stored, and would differ from itself for ever. */
  private static @Nullable List<String> stored(List<String> list) {
    return list.isEmpty() ? null : list;
  }

  private ComputeInstanceStatus withPower(PowerRecord record) {
    return new ComputeInstanceStatus(
        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        record, null, null);
  }

  private static CreateAttempt withKnown(CreateAttempt a, List<String> known) {
    return new CreateAttempt(
        a.attemptId(),
        a.startedAt(),
        a.ownClock(),
        a.templateId(),
        a.zone(),
        a.defaultZone(),
        known,
        a.userId(),
        a.credentials(),
        a.candidates());
  }

  private static ComputeInstanceStatus withCredentials(
      ComputeInstanceStatus s, @Nullable String credentials) {
    return with(s, credentials, s.create());
  }

  private static ComputeInstanceStatus withCreate(ComputeInstanceStatus s, CreateAttempt create) {
    return with(s, s.credentials(), create);
  }

  private static ComputeInstanceStatus with(
      ComputeInstanceStatus s, @Nullable String credentials, @Nullable CreateAttempt create) {
    return new ComputeInstanceStatus(
        s.observedGeneration(),
        s.instanceId(),
        s.takenOver(),
        s.name(),
        s.state(),
        s.zone(),
        s.machineType(),
        s.externalIp(),
        s.internalIp(),
        s.createdAt(),
        s.userId(),
        credentials,
        s.conditions(),
        s.accepted(),
        create,
        s.power(),
        s.lastError(),
        s.problem());
  }

  private static Optional<Instant> instant(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty(); // Edited by hand: no reason to stop.
    }
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
