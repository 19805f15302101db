package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.inventory.Gate;
import com.threatwinds.compute.operator.inventory.GatedComputeApi;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.inventory.Inventory;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one action: the announcement where the call can't be repeated, and the call. Decides
 * nothing and retries nothing.
 */
final class Executor {

  private static final Logger log = LoggerFactory.getLogger(Executor.class);

  /** A place in the queue is looked at again after this, should a wake-up be lost. */
  private static final Duration QUEUE_CHECK = Duration.ofSeconds(60);

  /** With more in it, the announcement would be too large for the API server to store. */
  static final int MOST_KNOWN = 10_000;

  /** With more in it, each announcement of a crowd would be longer than the one before. */
  static final int MANY_KNOWN = 1_000;

  private final GatedComputeApi api;
  private final Inventory inventory;
  private final CreateLane<Pass.Key> lane;
  private final Gate quota;
  private final Settling settling;
  private final Sightings sightings;
  private final Leadership leadership;
  private final Settings settings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  Executor(
      GatedComputeApi api,
      Inventory inventory,
      CreateLane<Pass.Key> lane,
      Gate quota,
      Settling settling,
      Sightings sightings,
      Leadership leadership,
      Settings settings,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.api = api;
    this.inventory = inventory;
    this.lane = lane;
    this.quota = quota;
    this.settling = settling;
    this.sightings = sightings;
    this.leadership = leadership;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** Where the action is known to wait for its turn: that, and when to ask again. */
  Optional<Outcome> await(Action action, Pass pass) {
    if (action instanceof Action.Create) {
      return lane.isBehind(pass.key()) ? Optional.of(queued(QUEUE_CHECK)) : Optional.empty();
    }
    return turn(action)
        .flatMap(
            turn ->
                api.turn(turn.operation(), turn.id())
                    .map(
                        after ->
                            new Outcome.Queued(
                                Reason.RATE_LIMITED,
                                "the "
                                    + turn.operation()
                                    + " waits for the API's rate limit, in the order in which it"
                                    + " was asked for",
                                after)));
  }

  /** Who had its turn and did not use it leaves it to the next; who waits keeps its place. */
  void leave(Action awaited, Outcome outcome) {
    boolean waits =
        outcome instanceof Outcome.Queued
            || (outcome instanceof Outcome.Failed(var error)
                && error instanceof ComputeApiException.RateLimited);
    if (!waits) {
      turn(awaited).ifPresent(turn -> api.giveUp(turn.operation(), turn.id()));
    }
  }

  /** A call in the queue of those that a limit spreads over time. */
  private record Turn(Operation operation, InstanceId id) {}

  private static Optional<Turn> turn(Action action) {
    return switch (action) {
      case Action.Start(InstanceId id) -> Optional.of(new Turn(Operation.START, id));
      case Action.Stop(InstanceId id) -> Optional.of(new Turn(Operation.STOP, id));
      case Action.Request request -> Optional.of(new Turn(request.call(), request.id()));
      case Action.Delete delete -> Optional.of(new Turn(Operation.DELETE, delete.id()));
      // They wait in the lane, go before all that waits there, or call nothing.
      case Action.Create c -> Optional.empty();
      case Action.Settle s -> Optional.empty();
      case Action.Adopt a -> Optional.empty();
      case Action.TakeOver t -> Optional.empty();
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
    };
  }

  /** What came of it. Everything that a server can answer is an outcome. */
  Outcome execute(Action action, Pass pass) {
    try {
      return switch (action) {
        case Action.Create create -> create(create, pass);
        case Action.Settle s ->
            settling.settle(
                pass, step -> inLane(pass, Reason.CONFIRMING_CREATE, Instant.MIN, step::get));
        case Action.Adopt(InstanceId id) ->
            inLane(pass, Reason.CONFIRMING_CREATE, Instant.MIN, () -> adopt(id, pass));
        case Action.TakeOver(Instance instance) ->
            inLane(pass, Reason.CREATING, takeOverPlace(pass), () -> takeOver(instance.id(), pass));
        case Action.Start(InstanceId id) -> power(id, () -> api.start(id));
        case Action.Stop(InstanceId id) -> power(id, () -> api.stop(id));
        case Action.Request request -> request(request, pass);
        case Action.Delete delete -> delete(delete, pass);
        case Action.Keep k -> new Outcome.Nothing();
        case Action.Rest r -> new Outcome.Nothing();
        case Action.Wait w -> new Outcome.Nothing();
        case Action.Retry r -> new Outcome.Nothing();
        case Action.Stall s -> new Outcome.Nothing();
        case Action.Pause p -> new Outcome.Nothing();
        case Action.Skip s -> new Outcome.Nothing();
        case Action.GiveUp g -> new Outcome.Nothing();
        case Action.Forget f -> new Outcome.Nothing();
        case Action.Release(Action.Release.Why why) ->
            why != Action.Release.Why.RETAINED || settling.disown(pass)
                ? new Outcome.Nothing()
                : new Outcome.Outdated();
      };
    } catch (ComputeApiException e) {
      boolean heldBack = e instanceof ComputeApiException.NotSent && !leadership.isHeld();
      // Another leads: that nothing was sent is the end of an open create, and else no news.
      return heldBack && !(action instanceof Action.Create)
          ? new Outcome.Outdated()
          : new Outcome.Failed(e);
    }
  }

  private interface Step {
    Outcome take() throws ComputeApiException;
  }

  private interface Call {
    void make() throws ComputeApiException;
  }

  // -- create

  private Outcome create(Action.Create create, Pass pass) throws ComputeApiException {
    Optional<Duration> closed = createsClosedFor();
    switch (lane.enter(pass.key(), pass.askedAt(), closed.isEmpty())) {
      case IN -> {}
      case FIRST -> {
        return queued(closed.orElse(QUEUE_CHECK));
      }
      case BEHIND -> {
        return queued(QUEUE_CHECK);
      }
    }
    Listing listing = freshListing();
    long deadline = nanoTime.getAsLong() + settings.timeout().toNanos();
    Optional<Fingerprint> credentials = api.credentials();
    CreateAttempt attempt = attempt(create, listing, credentials);
    if (attempt.known().size() > MOST_KNOWN) {
      return new Outcome.Crowded(attempt.known().size());
    }
    sightings.attempt(String.valueOf(attempt.attemptId()));
    if (!announce(
        pass,
        StatusReport.attempting(pass.announced(), pass.desired(), attempt, clock.instant()))) {
      sightings.settled(String.valueOf(attempt.attemptId()));
      return new Outcome.Outdated();
    }
    try {
      BooleanSupplier fence = fence(deadline);
      Seen seen =
          api.create(
              create.templateId(),
              create.zone().orElse(null),
              // Made in another account than announced, it would never be found.
              () -> fence.getAsBoolean() && api.credentials().equals(credentials));
      inventory.created(seen);
      return new Outcome.Made(seen);
    } catch (ComputeApiException.QuotaExceeded e) {
      quota.close(e.retryAfter().orElse(settings.pollInterval()));
      throw e;
    }
  }

  private Optional<Duration> createsClosedFor() {
    return quota.closedFor().or(() -> api.gate(Kind.CREATE).closedFor());
  }

  private Outcome queued(Duration after) {
    if (quota.closedFor().isPresent()) {
      return new Outcome.Queued(
          Reason.QUOTA_EXCEEDED,
          "the account's quota of instances is used up: creates are tried in the order in which"
              + " they were asked for, when an instance is deleted and every now and then",
          after);
    }
    if (api.gate(Kind.CREATE).closedFor().isPresent()) {
      return new Outcome.Queued(
          Reason.RATE_LIMITED,
          "creates wait for the API's rate limit, in the order in which they were asked for",
          after);
    }
    return new Outcome.Queued(
        Reason.CREATING, "the create waits for its turn: the API takes one at a time", after);
  }

  /** A list of this account no older than a poll: what it shows was there before this create. */
  private Listing freshListing() throws ComputeApiException {
    boolean fresh =
        inventory.age().filter(age -> age.compareTo(settings.pollInterval()) <= 0).isPresent();
    Optional<Listing> listing =
        inventory.listing().filter(l -> api.credentials().equals(Optional.of(l.credentials())));
    return fresh && listing.isPresent() ? listing.get() : inventory.read();
  }

  private CreateAttempt attempt(
      Action.Create create, Listing listing, Optional<Fingerprint> credentials) {
    Optional<Instant> start = api.now().map(now -> now.truncatedTo(ChronoUnit.SECONDS));
    List<InstanceId> known = settling.known(listing, create.templateId(), start);
    if (known.size() > MANY_KNOWN) {
      // A crowd was made just now. Where no time rules anything out, what is bound needs no
      // mention.
      List<InstanceId> unbound = settling.known(listing, create.templateId(), Optional.empty());
      if (unbound.size() < known.size()) {
        start = Optional.empty();
        known = unbound;
      }
    }
    @Nullable String userId =
        listing.userIds().size() == 1 ? listing.userIds().iterator().next() : null;
    return new CreateAttempt(
        UUID.randomUUID().toString(),
        start.orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.SECONDS)).toString(),
        // A time that may be wrong would rule out the very instance that this create makes.
        start.isEmpty() ? true : null,
        create.templateId(),
        create.zone().orElse(null),
        create.defaultZone().orElse(null),
        known.stream().map(InstanceId::value).toList(),
        userId,
        credentials.map(Fingerprint::value).orElse(null),
        null);
  }

  /** Too late, a settlement elsewhere may already have concluded that this never happened. */
  private BooleanSupplier fence(long deadline) {
    return () -> leadership.isHeld() && deadline - nanoTime.getAsLong() > 0;
  }

  /**
   * Writes what is about to be done, and knows afterwards whether that is written: a write without
   * an answer is looked up by what only this pass can have written.
   */
  private boolean announce(Pass pass, ComputeInstanceStatus status) {
    Optional<ComputeInstance> written;
    try {
      written = pass.store().writeStatus(pass.resource(), status);
    } catch (KubernetesClientException e) {
      log.warn("write=status outcome=unknown error=\"{}\"", e.getMessage());
      written = Optional.empty();
    }
    if (written.isEmpty()) {
      written = pass.store().live(pass.resource()).filter(live -> carries(live, status));
    }
    written.ifPresent(pass::wrote);
    return written.isPresent();
  }

  private static boolean carries(ComputeInstance live, ComputeInstanceStatus announced) {
    CreateAttempt attempt = announced.create();
    CreateAttempt liveAttempt = Pass.statusOf(live).create();
    return attempt != null
        && liveAttempt != null
        && Pass.statusOf(live).problem() == null
        && String.valueOf(attempt.attemptId()).equals(liveAttempt.attemptId());
  }

  // -- the lane's other users

  private Outcome inLane(Pass pass, Reason reason, Instant askedAt, Step step)
      throws ComputeApiException {
    return switch (lane.enter(pass.key(), askedAt, true)) {
      case IN -> step.take();
      case FIRST, BEHIND -> new Outcome.Queued(reason, "waits for its turn", QUEUE_CHECK);
    };
  }

  private Outcome adopt(InstanceId id, Pass pass) throws ComputeApiException {
    Optional<String> holder = holder(id, pass, pass.store().all());
    return holder.isPresent() ? new Outcome.Claimed(holder.get()) : new Outcome.Made(api.get(id));
  }

  /**
   * Many take-overs must not keep creates waiting, so they queue like them; but not behind creates
   * that may not be sent anyway.
   */
  private Instant takeOverPlace(Pass pass) {
    return createsClosedFor().isPresent() ? Instant.MIN : pass.askedAt();
  }

  private Outcome takeOver(InstanceId id, Pass pass) throws ComputeApiException {
    List<ComputeInstance> all = pass.store().all();
    Desired desired = pass.desired();
    Optional<String> holder = holder(id, pass, all).or(() -> Observer.twin(pass, desired, all));
    return holder.isPresent() ? new Outcome.Claimed(holder.get()) : new Outcome.Made(api.get(id));
  }

  private static Optional<String> holder(InstanceId id, Pass pass, List<ComputeInstance> all) {
    return all.stream()
        .filter(r -> !r.getMetadata().getUid().equals(pass.uid()))
        .filter(r -> Pass.bindingOf(r).equals(Optional.of(id)))
        .findFirst()
        .map(r -> Observer.holder(pass, r));
  }

  // -- power and deletion

  private Outcome power(InstanceId id, Call call) throws ComputeApiException {
    try {
      call.make();
    } finally {
      inventory.changed(id);
    }
    return new Outcome.Accepted();
  }

  private Outcome request(Action.Request request, Pass pass) throws ComputeApiException {
    Optional<Outcome> wait = await(request, pass);
    if (wait.isPresent()) {
      return wait
          .get(); // Since the look: an announcement for nothing would be a write for nothing.
    }
    long deadline = nanoTime.getAsLong() + settings.timeout().toNanos();
    boolean announced;
    try {
      Optional<ComputeInstance> written =
          pass.store()
              .writeStatus(
                  pass.resource(),
                  StatusReport.issuing(
                      pass.announced(), pass.desired(), request.request(), clock.instant()));
      written.ifPresent(pass::wrote);
      announced = written.isPresent();
    } catch (KubernetesClientException e) {
      // Whether it is written is not known; if it is, the next pass gives the request up. Better
      // one reset too few, and said so, than one too many.
      announced = false;
    }
    if (!announced) {
      return new Outcome.Outdated();
    }
    if (!fence(deadline).getAsBoolean()) {
      return new Outcome.Outdated();
    }
    InstanceId id = request.id();
    return power(
        id,
        () -> {
          switch (request.call()) {
            case RESTART -> api.restart(id);
            case RESET -> api.reset(id);
            case START -> api.start(id);
            case CREATE, LIST, GET, DELETE, STOP, TEMPLATES, ZONES, BILLING ->
                throw new IllegalStateException("no request is a " + request.call());
          }
        });
  }

  private Outcome delete(Action.Delete delete, Pass pass) throws ComputeApiException {
    if (!record(delete.seenWith(), pass)) {
      return new Outcome.Outdated();
    }
    api.delete(delete.id());
    quota.open();
    lane.wakeFirst();
    return new Outcome.Accepted();
  }

  /**
   * Credentials that were rotated since the instance was bound are recorded before it is deleted.
   * Should this process die before the resource is let go, the next one finds a 404, and nothing
   * else proves that it comes from the instance's own account.
   */
  private static boolean record(Optional<Fingerprint> seenWith, Pass pass) {
    ComputeInstanceStatus recorded = pass.announced();
    if (seenWith.isEmpty() || seenWith.get().value().equals(recorded.credentials())) {
      return true;
    }
    try {
      Optional<ComputeInstance> written =
          pass.store()
              .writeStatus(pass.resource(), StatusReport.seenWith(recorded, seenWith.get()));
      written.ifPresent(pass::wrote);
      return written.isPresent();
    } catch (KubernetesClientException e) {
      log.warn("write=status outcome=unknown error=\"{}\"", e.getMessage());
      return false; // Nothing was deleted: the next pass tries again.
    }
  }

  /** Whether it keeps its place in the lane's queue beyond its pass. Nobody keeps the lane. */
  static boolean keepsLane(Outcome outcome) {
    return outcome instanceof Outcome.Queued;
  }
}
