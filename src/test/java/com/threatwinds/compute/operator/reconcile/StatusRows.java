package com.threatwinds.compute.operator.reconcile;

import static com.threatwinds.compute.operator.api.v1alpha1.Reason.*;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Action.Release.Why;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.decision.PowerRequest;
import com.threatwinds.compute.operator.decision.PowerRequest.Source;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every kind of status that there is, each with how it came about and what it must look like from
 * outside. {@link StatusReportTest} holds them against the contract, and other tests feed them to
 * the tools that read statuses.
 */
final class StatusRows {

  static final Instant BEGAN = ModelApi.START;

  /** When the pass of a row ends, some time after what was recorded before. */
  static final Instant NOW = BEGAN.plus(Duration.ofMinutes(10));

  static final InstanceId ID = new InstanceId("i-1");
  static final Instance PROVISIONING_NOW = ModelApi.instance("i-1", InstanceState.PROVISIONING);
  static final Instance STAGING_NOW = ModelApi.instance("i-1", InstanceState.STAGING);
  static final Instance RUNNING_NOW = ModelApi.instance("i-1", InstanceState.RUNNING);
  static final Instance STOPPING_NOW = ModelApi.instance("i-1", InstanceState.STOPPING);
  static final Instance STOPPED_NOW = ModelApi.instance("i-1", InstanceState.TERMINATED);
  static final Instance SUSPENDED_NOW = ModelApi.instance("i-1", InstanceState.SUSPENDED);

  static final Action.Create CREATE =
      new Action.Create(ModelApi.TEMPLATE, Optional.empty(), Optional.of(ModelApi.ZONE));
  static final Outcome NOTHING = new Outcome.Nothing();
  static final Observation NOT_YET = new Observation.NotYet();
  static final Observation ORDERABLE = new Observation.Orderable(Optional.of(ModelApi.ZONE));

  private static final ObjectMapper JSON = new ObjectMapper();

  private StatusRows() {}

  /** What the three conditions must say. */
  sealed interface Expected {
    /** As asked. */
    record Ready(Reason reason) implements Expected {}

    /** The operator goes on by itself. */
    record Reconciling(Reason reason) implements Expected {}

    /** A person must act. */
    record Stalled(Reason reason) implements Expected {}

    /** Nobody acts. */
    record Paused(boolean ready, Reason readyReason) implements Expected {}
  }

  /**
   * One pass's end.
   *
   * @param name of the row, as a file name
   * @param before what was recorded when the action was decided
   * @param announced what was written before the call
   */
  record Row(
      String name,
      Wish wish,
      ComputeInstanceStatus before,
      ComputeInstanceStatus announced,
      Observation observation,
      Action action,
      Outcome outcome,
      Expected expected) {

    ComputeInstanceStatus status() {
      return status(NOW);
    }

    ComputeInstanceStatus status(Instant now) {
      return StatusReport.of(before, announced, wish.desired(), observation, action, outcome, now);
    }

    /** The same pass once more, on what it wrote. */
    ComputeInstanceStatus again(ComputeInstanceStatus written, Outcome next, Instant now) {
      return StatusReport.of(written, written, wish.desired(), observation, action, next, now);
    }

    /** Whether the same pass may come again and again while nothing happens. */
    boolean stands() {
      return switch (outcome) {
        case Outcome.Nothing n ->
            !(action instanceof Action.Skip
                || action instanceof Action.GiveUp
                || action instanceof Action.Forget);
        case Outcome.Failed f -> announced.equals(before);
        case Outcome.Queued q -> true;
        case Outcome.ReadOnce r -> true;
        case Outcome.LookAgain l -> true;
        case Outcome.OtherAccount o -> true;
        case Outcome.Ambiguous a -> true;
        case Outcome.Claimed c -> true;
        case Outcome.Crowded c -> true;
        case Outcome.Outdated o -> true;
        case Outcome.Made m -> false;
        case Outcome.NotMade n -> false;
        case Outcome.Accepted a -> false;
      };
    }

    /** What generic tools must conclude. */
    KStatus kstatus() {
      if (wish.deleting()) {
        return KStatus.TERMINATING;
      }
      return switch (expected) {
        case Expected.Ready r -> KStatus.CURRENT;
        case Expected.Reconciling r -> KStatus.IN_PROGRESS;
        case Expected.Stalled s -> KStatus.FAILED;
        case Expected.Paused p -> p.ready() ? KStatus.CURRENT : KStatus.IN_PROGRESS;
      };
    }

    /** The whole resource, as the API server would hand it out. */
    JsonNode resource() {
      return JSON.valueToTree(wish.resource(status()));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  // -- how a resource came to where a row begins

  static CreateAttempt attempt() {
    return new CreateAttempt(
        "attempt-1",
        BEGAN.toString(),
        null,
        ModelApi.TEMPLATE,
        null,
        ModelApi.ZONE,
        List.of("i-0"),
        ModelApi.USER,
        Errors.OURS.value(),
        null);
  }

  /** The attempt is written, and the POST may be on its way. */
  static ComputeInstanceStatus attempting(Wish wish) {
    return StatusReport.attempting(ComputeInstanceStatus.NONE, wish.desired(), attempt(), BEGAN);
  }

  /** The POST was answered. */
  static ComputeInstanceStatus made(Wish wish) {
    return made(wish, new Seen(PROVISIONING_NOW, Errors.OURS));
  }

  static ComputeInstanceStatus made(Wish wish, Seen seen) {
    return StatusReport.of(
        ComputeInstanceStatus.NONE,
        attempting(wish),
        wish.desired(),
        ORDERABLE,
        CREATE,
        new Outcome.Made(seen),
        BEGAN);
  }

  static ComputeInstanceStatus running(Wish wish) {
    return rested(wish, RUNNING_NOW, RUNNING);
  }

  static ComputeInstanceStatus stopped(Wish wish) {
    return rested(wish, STOPPED_NOW, STOPPED);
  }

  private static ComputeInstanceStatus rested(Wish wish, Instance instance, Reason reason) {
    return pass(wish, made(wish), found(instance), new Action.Rest(reason), NOTHING);
  }

  /** The outcome of the create is open. */
  static ComputeInstanceStatus open(Wish wish) {
    return StatusReport.of(
        ComputeInstanceStatus.NONE,
        attempting(wish),
        wish.desired(),
        ORDERABLE,
        CREATE,
        new Outcome.Failed(Errors.noAnswer(Operation.CREATE)),
        BEGAN);
  }

  /** Only a person can tell what the create made. */
  static ComputeInstanceStatus ambiguous(Wish wish) {
    return pass(
        wish,
        open(wish),
        new Observation.Due(),
        new Action.Settle(),
        new Outcome.Ambiguous(List.of(new InstanceId("i-7"), new InstanceId("i-8"))));
  }

  /** A restart or reset is announced, and may be on its way. */
  static ComputeInstanceStatus issuing(Wish wish, ComputeInstanceStatus before) {
    return StatusReport.issuing(before, wish.desired(), request(wish), BEGAN);
  }

  static PowerRequest request(Wish wish) {
    return PowerRequest.standing(wish.desired()).getFirst();
  }

  /** One pass at the beginning, without an announcement. */
  static ComputeInstanceStatus pass(
      Wish wish,
      ComputeInstanceStatus before,
      Observation observation,
      Action action,
      Outcome outcome) {
    return StatusReport.of(before, before, wish.desired(), observation, action, outcome, BEGAN);
  }

  static Observation found(Instance instance) {
    return new Observation.Found(instance, Optional.empty());
  }

  static Action.Request reset(Wish wish) {
    PowerRequest request = request(wish);
    return new Action.Request(ID, request, request.call());
  }

  static Outcome failed(ComputeApiException error) {
    return new Outcome.Failed(error);
  }

  // -- the rows

  private static final class Table {
    private final List<Row> rows = new ArrayList<>();

    void row(
        String name,
        Wish wish,
        ComputeInstanceStatus before,
        Observation observation,
        Action action,
        Outcome outcome,
        Expected expected) {
      row(name, wish, before, before, observation, action, outcome, expected);
    }

    void row(
        String name,
        Wish wish,
        ComputeInstanceStatus before,
        ComputeInstanceStatus announced,
        Observation observation,
        Action action,
        Outcome outcome,
        Expected expected) {
      rows.add(new Row(name, wish, before, announced, observation, action, outcome, expected));
    }
  }

  private static Expected ready(Reason reason) {
    return new Expected.Ready(reason);
  }

  private static Expected reconciling(Reason reason) {
    return new Expected.Reconciling(reason);
  }

  private static Expected stalled(Reason reason) {
    return new Expected.Stalled(reason);
  }

  private static Expected paused(boolean ready, Reason reason) {
    return new Expected.Paused(ready, reason);
  }

  static List<Row> all() {
    var table = new Table();
    rest(table);
    create(table);
    openCreates(table);
    underWay(table);
    requests(table);
    troubleOfBound(table);
    troubleOfSpec(table);
    paused(table);
    deleting(table);
    return List.copyOf(table.rows);
  }

  private static void rest(Table t) {
    Wish plain = Wish.plain();
    Wish runs = plain.power(Power.RUNNING);
    Wish stops = plain.power(Power.STOPPED);
    t.row(
        "running",
        runs,
        made(runs),
        found(RUNNING_NOW),
        new Action.Rest(RUNNING),
        NOTHING,
        ready(RUNNING));
    t.row(
        "running-left-alone",
        plain,
        made(plain),
        found(RUNNING_NOW),
        new Action.Rest(RUNNING),
        NOTHING,
        ready(RUNNING));
    t.row(
        "stopped-as-asked",
        stops,
        running(stops),
        found(STOPPED_NOW),
        new Action.Rest(STOPPED),
        NOTHING,
        ready(STOPPED));
    t.row(
        "stopped-left-alone",
        plain,
        running(plain),
        found(STOPPED_NOW),
        new Action.Rest(STOPPED),
        NOTHING,
        ready(STOPPED));
    t.row(
        "suspended",
        plain,
        running(plain),
        found(SUSPENDED_NOW),
        new Action.Rest(SUSPENDED),
        NOTHING,
        ready(SUSPENDED));
    t.row(
        "running-after-an-edit",
        runs.generation(2),
        running(runs),
        found(RUNNING_NOW),
        new Action.Rest(RUNNING),
        NOTHING,
        ready(RUNNING));
    t.row(
        "running-while-the-api-is-out",
        runs,
        running(runs),
        new Observation.Failed(Errors.unavailable(Operation.GET, 503)),
        new Action.Keep(),
        NOTHING,
        ready(RUNNING));
  }

  private static void create(Table t) {
    Wish plain = Wish.plain();
    ComputeInstanceStatus none = ComputeInstanceStatus.NONE;
    ComputeInstanceStatus attempting = attempting(plain);
    t.row(
        "create-waits-for-its-turn",
        plain,
        none,
        ORDERABLE,
        CREATE,
        new Outcome.Queued(CREATING, "its turn", Duration.ofSeconds(60)),
        reconciling(CREATING));
    t.row(
        "create-waits-for-the-quota",
        plain,
        none,
        ORDERABLE,
        CREATE,
        new Outcome.Queued(QUOTA_EXCEEDED, "the quota", Duration.ofSeconds(60)),
        reconciling(QUOTA_EXCEEDED));
    t.row(
        "create-waits-for-the-rate-limit",
        plain,
        none,
        ORDERABLE,
        CREATE,
        new Outcome.Queued(RATE_LIMITED, "the limit", Duration.ofSeconds(15)),
        reconciling(RATE_LIMITED));
    t.row(
        "create-made-an-instance",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        new Outcome.Made(new Seen(PROVISIONING_NOW, Errors.OURS)),
        reconciling(PROVISIONING));
    t.row(
        "create-made-a-running-instance",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)),
        reconciling(CREATING));
    t.row(
        "create-over-quota",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.quotaExceeded()),
        reconciling(QUOTA_EXCEEDED));
    t.row(
        "create-over-the-rate-limit",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.rateLimited(Operation.CREATE, Duration.ofSeconds(30))),
        reconciling(RATE_LIMITED));
    t.row(
        "create-rejected",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.rejected(Operation.CREATE, "invalid zone")),
        stalled(REQUEST_REJECTED));
    t.row(
        "create-unauthenticated",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.unauthenticated(Operation.CREATE)),
        stalled(AUTHENTICATION_FAILED));
    t.row(
        "create-of-an-unknown-template",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.notFound(Operation.CREATE)),
        stalled(TEMPLATE_NOT_FOUND));
    t.row(
        "create-not-sent",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.notSent(Operation.CREATE)),
        reconciling(API_UNAVAILABLE));
    t.row(
        "create-without-a-list",
        plain,
        none,
        ORDERABLE,
        CREATE,
        failed(Errors.unavailable(Operation.LIST, 503)),
        reconciling(API_UNAVAILABLE));
    t.row(
        "create-overtaken",
        plain,
        attempting,
        ORDERABLE,
        CREATE,
        new Outcome.Outdated(),
        reconciling(CREATING));
    t.row(
        "provisioning",
        plain,
        made(plain),
        found(fresh(PROVISIONING_NOW)),
        new Action.Wait(PROVISIONING, "being provisioned"),
        NOTHING,
        reconciling(PROVISIONING));
    t.row(
        "provisioning-for-long",
        plain,
        made(plain),
        found(old(PROVISIONING_NOW)),
        new Action.Wait(PROVISIONING, "being provisioned"),
        NOTHING,
        reconciling(PROVISIONING));
    t.row(
        "taken-over",
        plain.takeOver("i-1"),
        none,
        found(RUNNING_NOW),
        new Action.TakeOver(RUNNING_NOW),
        new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)),
        reconciling(CREATING));
    t.row(
        "take-over-lost-to-another",
        plain.takeOver("i-1"),
        none,
        found(RUNNING_NOW),
        new Action.TakeOver(RUNNING_NOW),
        new Outcome.Claimed(", other"),
        stalled(INSTANCE_CLAIMED));
    t.row(
        "take-over-without-an-answer",
        plain.takeOver("i-1"),
        none,
        found(RUNNING_NOW),
        new Action.TakeOver(RUNNING_NOW),
        failed(Errors.unavailable(Operation.GET, 503)),
        reconciling(API_UNAVAILABLE));
  }

  /** The API's clock said so ten minutes ago at most. */
  static Instance fresh(Instance instance) {
    return createdAt(instance, NOW.minus(Duration.ofMinutes(14)));
  }

  static Instance old(Instance instance) {
    return createdAt(instance, NOW.minus(Duration.ofMinutes(16)));
  }

  private static Instance createdAt(Instance i, @Nullable Instant at) {
    return new Instance(
        i.id(),
        i.name(),
        i.zone(),
        i.machineType(),
        i.externalIp(),
        i.internalIp(),
        i.state(),
        i.stateText(),
        i.templateId(),
        i.userId(),
        at);
  }

  private static void openCreates(Table t) {
    Wish plain = Wish.plain();
    ComputeInstanceStatus none = ComputeInstanceStatus.NONE;
    ComputeInstanceStatus attempting = attempting(plain);
    ComputeInstanceStatus open = open(plain);
    ComputeInstanceStatus ambiguous = ambiguous(plain);
    Observation early = new Observation.Unsettled(Duration.ofSeconds(90));
    Observation due = new Observation.Due();
    Action wait = new Action.Wait(CONFIRMING_CREATE, "the list settles it");
    t.row(
        "create-without-an-answer",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.noAnswer(Operation.CREATE)),
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-answered-with-500",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.unavailable(Operation.CREATE, 500)),
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-answered-by-a-gateway",
        plain,
        none,
        attempting,
        ORDERABLE,
        CREATE,
        failed(Errors.strayNotFound(Operation.CREATE)),
        reconciling(CONFIRMING_CREATE));
    t.row("create-open", plain, open, early, wait, NOTHING, reconciling(CONFIRMING_CREATE));
    t.row(
        "create-open-after-a-crash",
        plain,
        attempting,
        early,
        wait,
        NOTHING,
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-being-settled",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.ReadOnce(Duration.ofSeconds(5)),
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-settlement-inconclusive",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.LookAgain("two reads do not agree", Duration.ofSeconds(5)),
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-in-another-account",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.OtherAccount(),
        stalled(ACCOUNT_MISMATCH));
    ComputeInstanceStatus mismatch =
        pass(plain, open, due, new Action.Settle(), new Outcome.OtherAccount());
    t.row(
        "create-in-another-account-after-a-restart",
        plain,
        mismatch,
        early,
        wait,
        NOTHING,
        stalled(ACCOUNT_MISMATCH));
    t.row(
        "create-in-another-account-looked-at-again",
        plain,
        mismatch,
        due,
        new Action.Settle(),
        new Outcome.ReadOnce(Duration.ofSeconds(5)),
        stalled(ACCOUNT_MISMATCH));
    t.row(
        "create-waits-for-its-settlement",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.Queued(CONFIRMING_CREATE, "its turn", Duration.ofSeconds(60)),
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-settlement-without-a-list",
        plain,
        open,
        due,
        new Action.Settle(),
        failed(Errors.unavailable(Operation.LIST, 503)),
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-open-in-an-outage",
        plain,
        open,
        new Observation.Failed(Errors.unavailable(Operation.LIST, 503)),
        new Action.Retry(Errors.unavailable(Operation.LIST, 503)),
        NOTHING,
        reconciling(CONFIRMING_CREATE));
    t.row(
        "create-open-unauthenticated",
        plain,
        open,
        new Observation.Failed(Errors.unauthenticated(Operation.LIST)),
        new Action.Retry(Errors.unauthenticated(Operation.LIST)),
        NOTHING,
        stalled(AUTHENTICATION_FAILED));
    t.row(
        "create-settled-as-not-made",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.NotMade(),
        reconciling(CREATING));
    t.row(
        "create-settled-as-made",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)),
        reconciling(CREATING));
    t.row(
        "create-ambiguous",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.Ambiguous(List.of(new InstanceId("i-7"), new InstanceId("i-8"))),
        stalled(CREATE_OUTCOME_UNKNOWN));
    t.row(
        "create-held",
        plain,
        open,
        due,
        new Action.Settle(),
        new Outcome.Ambiguous(List.of()),
        stalled(CREATE_OUTCOME_UNKNOWN));
    t.row(
        "create-ambiguous-after-a-restart",
        plain,
        ambiguous,
        early,
        wait,
        NOTHING,
        stalled(CREATE_OUTCOME_UNKNOWN));
    t.row(
        "create-ambiguous-looked-at-again",
        plain,
        ambiguous,
        due,
        new Action.Settle(),
        new Outcome.ReadOnce(Duration.ofSeconds(5)),
        stalled(CREATE_OUTCOME_UNKNOWN));
    t.row(
        "create-ambiguous-in-the-queue",
        plain,
        ambiguous,
        due,
        new Action.Settle(),
        new Outcome.Queued(CONFIRMING_CREATE, "its turn", Duration.ofSeconds(60)),
        stalled(CREATE_OUTCOME_UNKNOWN));
    t.row(
        "create-ambiguous-in-an-outage",
        plain,
        ambiguous,
        new Observation.Failed(Errors.unavailable(Operation.LIST, 503)),
        new Action.Retry(Errors.unavailable(Operation.LIST, 503)),
        NOTHING,
        stalled(CREATE_OUTCOME_UNKNOWN));
    Wish adopts = plain.annotated(Annotations.RESOLVE_CREATE, "adopt:i-7");
    t.row(
        "create-adopted",
        adopts,
        ambiguous,
        due,
        new Action.Adopt(new InstanceId("i-7")),
        new Outcome.Made(new Seen(ModelApi.instance("i-7", InstanceState.RUNNING), Errors.OURS)),
        reconciling(CREATING));
    Wish retries = plain.annotated(Annotations.RESOLVE_CREATE, "retry:attempt-1");
    t.row(
        "create-forgotten",
        retries,
        ambiguous,
        due,
        new Action.Forget(),
        NOTHING,
        reconciling(CREATING));
  }

  private static void underWay(Table t) {
    Wish runs = Wish.plain().power(Power.RUNNING);
    Wish stops = Wish.plain().power(Power.STOPPED);
    ComputeInstanceStatus stopped = stopped(runs);
    ComputeInstanceStatus running = running(stops);
    t.row(
        "start-accepted",
        runs,
        stopped,
        found(STOPPED_NOW),
        new Action.Start(ID),
        new Outcome.Accepted(),
        reconciling(STARTING));
    t.row(
        "starting",
        runs,
        stopped,
        found(STAGING_NOW),
        new Action.Wait(STARTING, "is starting"),
        NOTHING,
        reconciling(STARTING));
    t.row(
        "stop-accepted",
        stops,
        running,
        found(RUNNING_NOW),
        new Action.Stop(ID),
        new Outcome.Accepted(),
        reconciling(STOPPING));
    t.row(
        "stopping",
        stops,
        running,
        found(STOPPING_NOW),
        new Action.Wait(STOPPING, "is stopping"),
        NOTHING,
        reconciling(STOPPING));
    t.row(
        "start-rejected",
        runs,
        stopped,
        found(SUSPENDED_NOW),
        new Action.Start(ID),
        failed(Errors.rejected(Operation.START, "is suspended")),
        stalled(REQUEST_REJECTED));
    t.row(
        "start-without-an-answer",
        runs,
        stopped,
        found(STOPPED_NOW),
        new Action.Start(ID),
        failed(Errors.noAnswer(Operation.START)),
        reconciling(API_UNAVAILABLE));
    t.row(
        "stop-over-the-rate-limit",
        stops,
        running,
        found(RUNNING_NOW),
        new Action.Stop(ID),
        failed(Errors.rateLimited(Operation.STOP, Duration.ofSeconds(9))),
        reconciling(RATE_LIMITED));
    t.row(
        "stop-overtaken",
        stops,
        running,
        found(RUNNING_NOW),
        new Action.Stop(ID),
        new Outcome.Outdated(),
        ready(RUNNING));
    Instance strange =
        new Instance(
            ID, null, null, null, null, null, InstanceState.UNKNOWN, "MELTING", null, null, null);
    t.row(
        "of-an-unknown-state",
        runs,
        running(runs),
        found(strange),
        new Action.Wait(API_UNAVAILABLE, "is in a state that is not known"),
        NOTHING,
        reconciling(API_UNAVAILABLE));
  }

  private static void requests(Table t) {
    Wish resets = Wish.plain().power(Power.RESET, "a").generation(2);
    Wish restarts = Wish.plain().power(Power.RESTART, "b").generation(2);
    Wish runs = Wish.plain().power(Power.RUNNING);
    Wish stops = Wish.plain().power(Power.STOPPED);
    ComputeInstanceStatus running = running(runs);
    ComputeInstanceStatus stopped = stopped(runs);
    t.row(
        "reset-announced",
        resets,
        issuing(resets, running),
        found(RUNNING_NOW),
        new Action.Keep(),
        NOTHING,
        reconciling(RESETTING));
    t.row(
        "restart-announced",
        restarts,
        issuing(restarts, running),
        found(RUNNING_NOW),
        new Action.Keep(),
        NOTHING,
        reconciling(RESTARTING));
    t.row(
        "reset-accepted",
        resets,
        running,
        issuing(resets, running),
        found(RUNNING_NOW),
        reset(resets),
        new Outcome.Accepted(),
        ready(RUNNING));
    t.row(
        "restart-accepted",
        restarts,
        running,
        issuing(restarts, running),
        found(RUNNING_NOW),
        reset(restarts),
        new Outcome.Accepted(),
        ready(RUNNING));
    t.row(
        "reset-starts-what-is-stopped",
        resets,
        stopped,
        issuing(resets, stopped),
        found(STOPPED_NOW),
        new Action.Request(ID, request(resets), Operation.START),
        new Outcome.Accepted(),
        reconciling(STARTING));
    t.row(
        "reset-over-the-rate-limit",
        resets,
        running,
        issuing(resets, running),
        found(RUNNING_NOW),
        reset(resets),
        failed(Errors.rateLimited(Operation.RESET, Duration.ofSeconds(9))),
        reconciling(RATE_LIMITED));
    t.row(
        "reset-not-sent",
        resets,
        running,
        issuing(resets, running),
        found(RUNNING_NOW),
        reset(resets),
        failed(Errors.notSent(Operation.RESET)),
        reconciling(API_UNAVAILABLE));
    t.row(
        "reset-rejected",
        resets,
        running,
        issuing(resets, running),
        found(RUNNING_NOW),
        reset(resets),
        failed(Errors.rejected(Operation.RESET, "no")),
        stalled(REQUEST_REJECTED));
    t.row(
        "reset-of-unknown-outcome",
        resets,
        running,
        issuing(resets, running),
        found(RUNNING_NOW),
        reset(resets),
        failed(Errors.noAnswer(Operation.RESET)),
        ready(RUNNING));
    t.row(
        "start-for-a-reset-of-unknown-outcome",
        resets,
        stopped,
        issuing(resets, stopped),
        found(STOPPED_NOW),
        new Action.Request(ID, request(resets), Operation.START),
        failed(Errors.noAnswer(Operation.START)),
        reconciling(STARTING));
    t.row(
        "reset-given-up-after-a-crash",
        resets,
        issuing(resets, running),
        found(RUNNING_NOW),
        new Action.GiveUp(),
        NOTHING,
        reconciling(RESETTING));
    t.row(
        "reset-waits-for-the-rate-limit",
        resets,
        running,
        found(RUNNING_NOW),
        reset(resets),
        new Outcome.Queued(RATE_LIMITED, "the limit", Duration.ofSeconds(15)),
        reconciling(RATE_LIMITED));
    Wish skipped = stops.annotated(Annotations.RESET_REQUESTED, "now");
    t.row(
        "request-skipped-on-what-is-stopped",
        skipped,
        stopped(stops),
        found(STOPPED_NOW),
        new Action.Skip(List.of(request(skipped))),
        NOTHING,
        ready(STOPPED));
    t.row(
        "request-skipped-on-what-is-suspended",
        skipped,
        stopped(stops),
        found(SUSPENDED_NOW),
        new Action.Skip(List.of(request(skipped))),
        NOTHING,
        ready(SUSPENDED));
    t.row(
        "request-skipped-on-what-is-to-stop",
        skipped,
        running(stops),
        found(RUNNING_NOW),
        new Action.Skip(List.of(request(skipped))),
        NOTHING,
        reconciling(STOPPING));
    ComputeInstanceStatus rejected =
        StatusReport.of(
            running,
            issuing(resets, running),
            resets.desired(),
            found(RUNNING_NOW),
            reset(resets),
            failed(Errors.rejected(Operation.RESET, "no")),
            BEGAN);
    t.row(
        "reset-stays-rejected",
        resets,
        rejected,
        found(RUNNING_NOW),
        new Action.Stall(REQUEST_REJECTED, "the API refuses to reset (400: no)"),
        NOTHING,
        stalled(REQUEST_REJECTED));
  }

  private static void troubleOfBound(Table t) {
    Wish runs = Wish.plain().power(Power.RUNNING);
    ComputeInstanceStatus running = running(runs);
    ComputeInstanceStatus stopped = stopped(runs);
    t.row(
        "unreachable-while-waiting",
        runs,
        stopped,
        new Observation.Failed(Errors.unavailable(Operation.GET, 502)),
        new Action.Retry(Errors.unavailable(Operation.GET, 502)),
        NOTHING,
        reconciling(API_UNAVAILABLE));
    t.row(
        "unauthenticated-while-waiting",
        runs,
        stopped,
        new Observation.Failed(Errors.unauthenticated(Operation.GET)),
        new Action.Retry(Errors.unauthenticated(Operation.GET)),
        NOTHING,
        stalled(AUTHENTICATION_FAILED));
    t.row(
        "read-over-the-rate-limit",
        runs,
        stopped,
        new Observation.Failed(Errors.rateLimited(Operation.GET, null)),
        new Action.Retry(Errors.rateLimited(Operation.GET, null)),
        NOTHING,
        reconciling(RATE_LIMITED));
    t.row(
        "absent-once",
        runs,
        running,
        new Observation.Absent(false, true),
        new Action.Wait(API_UNAVAILABLE, "answers 404: checked again"),
        NOTHING,
        reconciling(API_UNAVAILABLE));
    t.row(
        "gone",
        runs,
        running,
        new Observation.Absent(true, true),
        new Action.Stall(INSTANCE_NOT_FOUND, "is gone"),
        NOTHING,
        stalled(INSTANCE_NOT_FOUND));
    t.row(
        "of-another-account",
        runs,
        stopped,
        new Observation.OtherAccount(),
        new Action.Stall(ACCOUNT_MISMATCH, "not of this account"),
        NOTHING,
        stalled(ACCOUNT_MISMATCH));
    t.row(
        "bound-by-another-too",
        runs,
        running,
        new Observation.Found(RUNNING_NOW, Optional.of(", other")),
        new Action.Stall(INSTANCE_CLAIMED, "belongs to another"),
        NOTHING,
        stalled(INSTANCE_CLAIMED));
  }

  private static void troubleOfSpec(Table t) {
    Wish plain = Wish.plain();
    ComputeInstanceStatus none = ComputeInstanceStatus.NONE;
    t.row(
        "no-such-template",
        plain.template("none"),
        none,
        new Observation.NoSuchTemplate(List.of("small")),
        new Action.Stall(TEMPLATE_NOT_FOUND, "there are: small"),
        NOTHING,
        stalled(TEMPLATE_NOT_FOUND));
    t.row(
        "no-such-zone",
        plain.zone("nowhere"),
        none,
        new Observation.NoSuchZone(List.of(ModelApi.ZONE)),
        new Action.Stall(ZONE_NOT_AVAILABLE, "its zones are: " + ModelApi.ZONE),
        NOTHING,
        stalled(ZONE_NOT_AVAILABLE));
    t.row(
        "template-mismatch",
        plain.template("large").takeOver("i-1"),
        none,
        found(RUNNING_NOW),
        new Action.Stall(TEMPLATE_MISMATCH, "is made of template small"),
        NOTHING,
        stalled(TEMPLATE_MISMATCH));
    t.row(
        "invalid-spec",
        plain.nonsense("spec.power: nonsense"),
        none,
        NOT_YET,
        new Action.Stall(INVALID_SPEC, "spec.power: nonsense"),
        NOTHING,
        stalled(INVALID_SPEC));
    t.row(
        "immutable-field-changed",
        plain.zone("other").generation(2),
        running(plain),
        found(RUNNING_NOW),
        new Action.Stall(IMMUTABLE_FIELD_CHANGED, "set it back"),
        NOTHING,
        stalled(IMMUTABLE_FIELD_CHANGED));
    t.row(
        "take-over-not-allowed",
        plain.takeOver("i-1"),
        none,
        new Observation.TakeoverForbidden(),
        new Action.Stall(TAKEOVER_NOT_ALLOWED, "is not allowed"),
        NOTHING,
        stalled(TAKEOVER_NOT_ALLOWED));
    t.row(
        "take-over-of-what-is-claimed",
        plain.takeOver("i-1"),
        none,
        new Observation.Claimed(" in another namespace"),
        new Action.Stall(INSTANCE_CLAIMED, "belongs to another"),
        NOTHING,
        stalled(INSTANCE_CLAIMED));
    t.row(
        "take-over-of-nothing",
        plain.takeOver("i-1"),
        none,
        new Observation.Absent(false, false),
        new Action.Stall(INSTANCE_NOT_FOUND, "there is no such instance"),
        NOTHING,
        stalled(INSTANCE_NOT_FOUND));
  }

  private static void paused(Table t) {
    Wish runs = Wish.plain().power(Power.RUNNING).paused();
    Wish stops = Wish.plain().power(Power.STOPPED).paused();
    Action pause = new Action.Pause();
    t.row(
        "paused-before-anything",
        runs,
        ComputeInstanceStatus.NONE,
        NOT_YET,
        pause,
        NOTHING,
        paused(false, PAUSED));
    t.row(
        "paused-running-as-asked",
        runs,
        running(runs),
        found(RUNNING_NOW),
        pause,
        NOTHING,
        paused(true, RUNNING));
    t.row(
        "paused-stopped-as-asked",
        stops,
        running(stops),
        found(STOPPED_NOW),
        pause,
        NOTHING,
        paused(true, STOPPED));
    t.row(
        "paused-not-as-asked",
        stops,
        running(stops),
        found(RUNNING_NOW),
        pause,
        NOTHING,
        paused(false, PAUSED));
    t.row(
        "paused-while-it-moves",
        runs,
        running(runs),
        found(STAGING_NOW),
        pause,
        NOTHING,
        paused(false, PAUSED));
    t.row(
        "paused-in-an-outage",
        runs,
        running(runs),
        new Observation.Failed(Errors.unavailable(Operation.GET, 503)),
        pause,
        NOTHING,
        paused(true, RUNNING));
    t.row(
        "paused-absent-once",
        runs,
        running(runs),
        new Observation.Absent(false, true),
        pause,
        NOTHING,
        paused(true, RUNNING));
    t.row(
        "paused-and-gone",
        runs,
        running(runs),
        new Observation.Absent(true, true),
        pause,
        NOTHING,
        paused(false, INSTANCE_NOT_FOUND));
    t.row(
        "paused-with-an-open-create",
        runs,
        open(runs),
        new Observation.Unsettled(Duration.ofSeconds(9)),
        pause,
        NOTHING,
        paused(false, CONFIRMING_CREATE));
  }

  private static void deleting(Table t) {
    Wish lives = Wish.plain().power(Power.RUNNING);
    Wish dies = lives.deleted();
    ComputeInstanceStatus running = running(lives);
    t.row(
        "deletion-absent-once",
        dies,
        running,
        new Observation.Absent(false, true),
        new Action.Wait(DELETING, "answers 404: checked again"),
        NOTHING,
        reconciling(DELETING));
    t.row(
        "deletion-failed",
        dies,
        running,
        found(RUNNING_NOW),
        new Action.Delete(ID, Optional.empty()),
        failed(Errors.unavailable(Operation.DELETE, 500)),
        reconciling(API_UNAVAILABLE));
    t.row(
        "deletion-over-the-rate-limit",
        dies,
        running,
        found(RUNNING_NOW),
        new Action.Delete(ID, Optional.empty()),
        failed(Errors.rateLimited(Operation.DELETE, null)),
        reconciling(RATE_LIMITED));
    t.row(
        "deletion-unauthenticated",
        dies,
        running,
        new Observation.Failed(Errors.unauthenticated(Operation.GET)),
        new Action.Retry(Errors.unauthenticated(Operation.GET)),
        NOTHING,
        stalled(AUTHENTICATION_FAILED));
    t.row(
        "deletion-of-another-accounts",
        dies,
        running,
        new Observation.Absent(true, false),
        new Action.Stall(ACCOUNT_MISMATCH, "not provably of this account"),
        NOTHING,
        stalled(ACCOUNT_MISMATCH));
    t.row(
        "deletion-accepted",
        dies,
        running,
        found(RUNNING_NOW),
        new Action.Delete(ID, Optional.empty()),
        new Outcome.Accepted(),
        reconciling(DELETING));
    t.row(
        "deletion-released",
        dies,
        running,
        new Observation.Absent(true, true),
        new Action.Release(Why.GONE),
        NOTHING,
        reconciling(DELETING));
    t.row(
        "deletion-paused",
        dies.paused(),
        running,
        found(RUNNING_NOW),
        new Action.Pause(),
        NOTHING,
        paused(true, RUNNING));
    t.row(
        "deletion-with-an-open-create",
        dies,
        open(lives),
        new Observation.Unsettled(Duration.ofSeconds(9)),
        new Action.Wait(CONFIRMING_CREATE, "the list settles it"),
        NOTHING,
        reconciling(CONFIRMING_CREATE));
    t.row(
        "deletion-found-what-it-made",
        dies,
        open(lives),
        new Observation.Due(),
        new Action.Settle(),
        new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)),
        reconciling(DELETING));
  }

  static PowerRequest annotated(Power operation, String id) {
    return new PowerRequest(Source.ANNOTATION, operation, Optional.of(id));
  }

  /** A status as it is read from that. */
  static ComputeInstanceStatus stored(String json) {
    try {
      return new ObjectMapper().readValue(json, ComputeInstanceStatus.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
