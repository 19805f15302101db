package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Settlement;
import com.threatwinds.compute.operator.decision.Settlement.Attempt;
import com.threatwinds.compute.operator.decision.Settlement.Verdict;
import com.threatwinds.compute.operator.inventory.Inventory;
import com.threatwinds.compute.operator.reconcile.Sightings.Reading;
import com.threatwinds.compute.operator.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the evidence that settles an open create: two lists, a poll apart, then every resource
 * live, then every suspect by a GET. {@link Settlement} judges it.
 *
 * <p>The lists are those that are read for everybody, and all of that happens before the create
 * lane is entered: a settlement that can't be concluded keeps nobody waiting. Only a verdict that
 * ends the create is drawn once more in the lane, from the same lists and all resources as they are
 * then, and the lane is kept until it is written. That is as safe as reading the lists in the lane:
 *
 * <ul>
 *   <li>Both lists were asked for when whatever the attempt made had to show, so that what came
 *       after them can't be its outcome, and the older of them can only object.
 *   <li>A create that ran between the lists and the lane is known by its resource, which is read in
 *       the lane: bound, its instance is no candidate; open, its time was not over when the second
 *       list was asked for, and nothing is concluded.
 *   <li>While the verdict is drawn and written, no create is sent and nothing else is bound.
 * </ul>
 */
final class Settling {

  private static final Logger log = LoggerFactory.getLogger(Settling.class);

  /**
   * More bound instances missing from a list than this, and the list itself is the suspect, until
   * they were seen to be gone twice.
   */
  private static final int MOST_MISSING = 10;

  /** A list that is asked for is mostly there after this. */
  private static final Duration LIST_TIME = Duration.ofSeconds(1);

  /** What was gathered longer ago is gathered anew. */
  private static final Duration LONGEST_SETTLEMENT = Duration.ofMinutes(5);

  private final ComputeApi api;
  private final Inventory inventory;
  private final Bindings bindings;
  private final Sightings sightings;
  private final Settings settings;

  Settling(
      ComputeApi api,
      Inventory inventory,
      Bindings bindings,
      Sightings sightings,
      Settings settings) {
    this.api = api;
    this.inventory = inventory;
    this.bindings = bindings;
    this.sightings = sightings;
    this.settings = settings;
  }

  /**
   * The instances of that template that could be mistaken for the outcome of a create that begins
   * now: not too old for it, and bound to no resource, or to one that may let them go meanwhile.
   *
   * @param start by the API's clock; empty if that is not known, and nothing is too old then
   */
  List<InstanceId> known(Listing listing, String templateId, Optional<Instant> start) {
    Stream<InstanceId> listed =
        listing.instances().values().stream()
            .filter(i -> i.templateId() == null || i.templateId().equals(templateId))
            .filter(i -> start.filter(s -> Settlement.isTooOld(i, s)).isEmpty())
            .filter(i -> (start.isPresent() && i.createdAt() != null) || isUnbound(i.id()))
            .map(Instance::id);
    return Stream.concat(listed, inventory.unlisted().stream()).distinct().sorted().toList();
  }

  private boolean isUnbound(InstanceId id) {
    return bindings.resourcesOf(id).stream()
        .noneMatch(r -> Pass.bindingOf(r).equals(Optional.of(id)));
  }

  /**
   * The resource of a pass is about to be let go, and its instance stays. An open create that it
   * could be mistaken for the outcome of is told, so that it never is: neither by this process nor
   * by the next.
   *
   * @return false if it could not be told, and the resource must stay for now
   */
  boolean disown(Pass pass) {
    Optional<InstanceId> id = InstanceId.parse(pass.announced().instanceId());
    if (id.isEmpty() || !(sightings.isAnyCreateOpen() || bindings.isAnyCreateOpen())) {
      return true;
    }
    Instance retained = asRecorded(id.get(), pass);
    for (ComputeInstance other : pass.store().all()) {
      ComputeInstanceStatus status = Pass.statusOf(other);
      if (Pass.hasOpenCreate(other)
          && Settlement.mayBeOutcome(attempt(status.create(), false), retained, span())
          && !tell(other, status, id.get(), pass.store())) {
        log.info("instance={} action=none why=\"an open create is not told of it yet\"", id.get());
        return false;
      }
    }
    return true;
  }

  private static boolean tell(
      ComputeInstance other, ComputeInstanceStatus status, InstanceId id, ResourceStore store) {
    return status.problem() == null
        && store.writeStatus(other, StatusReport.knowing(status, id)).isPresent();
  }

  /** Needs no answer of the API, which may be out: what is retained is let go all the same. */
  private static Instance asRecorded(InstanceId id, Pass pass) {
    ComputeInstanceStatus status = pass.announced();
    return new Instance(
        id,
        status.name(),
        status.zone(),
        status.machineType(),
        null,
        null,
        InstanceState.of(status.state()),
        status.state(),
        status.accepted() == null ? null : status.accepted().templateId(),
        status.userId(),
        time(status.createdAt()).orElse(null));
  }

  /** The create lane: takes the step in it, or tells of the place in its queue. */
  interface Lane {
    Outcome enter(Supplier<Outcome> step) throws ComputeApiException;
  }

  Outcome settle(Pass pass, Lane lane) throws ComputeApiException {
    CreateAttempt attempt = pass.announced().create();
    String attemptId = String.valueOf(attempt.attemptId());
    Optional<Reading> first = first(attemptId);
    if (first.isEmpty()) {
      return awaitList();
    }
    if (isOfOtherAccount(attempt(attempt, false), first.get().listing())) {
      sightings.forgetReading(attemptId);
      return new Outcome.OtherAccount();
    }
    Duration left = settings.pollFastInterval().minus(sightings.since(first.get().at()));
    if (left.isPositive()) {
      return new Outcome.ReadOnce(left);
    }
    Optional<Reading> second = newest().filter(l -> isPollApart(first.get(), l));
    if (second.isEmpty()) {
      return awaitList();
    }
    List<ComputeInstance> all = pass.store().all();
    if (!ask(first.get(), second.get(), all, attemptId)) {
      return lookAgain("the API answers too slowly to ask for every instance");
    }
    Outcome rehearsed = judge(first.get(), second.get(), all, attemptId);
    if (!(rehearsed instanceof Outcome.Made || rehearsed instanceof Outcome.NotMade)) {
      sightings.forgetReading(attemptId);
      return rehearsed;
    }
    return lane.enter(
        () -> {
          sightings.forgetReading(attemptId);
          return judge(first.get(), second.get(), pass.store().all(), attemptId);
        });
  }

  /** Nobody reads a list for itself: the next one serves all who wait for one. */
  private Outcome awaitList() {
    inventory.hurry();
    Duration soon = inventory.dueIn().plus(LIST_TIME);
    Duration fast = settings.pollFastInterval();
    return new Outcome.ReadOnce(soon.compareTo(fast) < 0 ? soon : fast);
  }

  /** A list that was asked for when the attempt's time was over. */
  private Optional<Reading> first(String attemptId) {
    Duration overFor = sightings.attempt(attemptId).minus(span());
    Optional<Reading> kept =
        sightings
            .reading(attemptId)
            .filter(r -> sightings.since(r.at()).compareTo(LONGEST_SETTLEMENT) < 0);
    if (kept.isPresent()) {
      return kept;
    }
    Optional<Reading> newest =
        newest().filter(r -> sightings.since(r.at()).compareTo(overFor) <= 0);
    newest.ifPresent(r -> sightings.read(attemptId, r));
    return newest;
  }

  /** The account's list as last read by anybody. */
  private Optional<Reading> newest() {
    Optional<Listing> listing = inventory.listing();
    Optional<Duration> age = inventory.age();
    boolean overtaken = listing.orElse(null) != inventory.listing().orElse(null);
    return overtaken || age.isEmpty()
        ? Optional.empty()
        : listing.map(l -> new Reading(l, sightings.now() - age.get().toNanos()));
  }

  private boolean isPollApart(Reading first, Reading second) {
    return second.at() - first.at() >= settings.pollFastInterval().toNanos();
  }

  /** Already the first list tells that, and no other resource has to be read for it. */
  private boolean isOfOtherAccount(Attempt own, Listing first) {
    var alone =
        new Settlement.Evidence(first, first, Set.of(), false, List.of(own), Map.of(), span());
    return Settlement.settle(own, alone, settings.createRecovery()) instanceof Verdict.OtherAccount;
  }

  /**
   * Asks for every instance that the verdict may rest on. However slow the answers are, a pass
   * ends; the next one goes on from what was answered.
   *
   * @return whether all were asked for
   */
  private boolean ask(Reading first, Reading second, List<ComputeInstance> all, String attemptId)
      throws ComputeApiException {
    Listing list = second.listing();
    List<InstanceId> missing = missing(list, all).stream().sorted().limit(MOST_MISSING).toList();
    Set<InstanceId> ids = new TreeSet<>(missing);
    ids.addAll(Settlement.suspects(list, bound(all), open(all, attemptId, second), span()));
    ids.removeAll(first.answers().keySet());
    long began = sightings.now();
    for (InstanceId id : ids) {
      if (sightings.since(began).compareTo(settings.timeout()) > 0) {
        return false; // With the one that took so long, two time-outs of a call at most.
      }
      Optional<Seen> answer = answer(id, list.credentials());
      first.answers().put(id, answer);
      if (answer.isPresent()) {
        sightings.present(id);
      } else if (missing.contains(id)) {
        sightings.absence(id);
      }
    }
    return true;
  }

  private Optional<Seen> answer(InstanceId id, Fingerprint account) throws ComputeApiException {
    try {
      return Optional.of(api.get(id));
    } catch (ComputeApiException.NotFound e) {
      if (!e.isExplained() || !e.credentials().equals(Optional.of(account))) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Makes no call, so that it keeps nobody waiting. */
  private Outcome judge(
      Reading first, Reading second, List<ComputeInstance> all, String attemptId) {
    Optional<String> lagging = lagging(first.answers(), second.listing(), all);
    if (lagging.isPresent()) {
      return lookAgain(lagging.get());
    }
    List<Attempt> open = open(all, attemptId, second);
    Optional<Attempt> own = open.stream().filter(a -> a.attemptId().equals(attemptId)).findFirst();
    if (own.isEmpty()) {
      return new Outcome.Outdated();
    }
    Map<InstanceId, Instance> live = new HashMap<>();
    first.answers().forEach((id, seen) -> seen.ifPresent(s -> live.put(id, s.instance())));
    Verdict verdict =
        Settlement.settle(
            own.get(),
            new Settlement.Evidence(
                first.listing(),
                second.listing(),
                bound(all),
                isAnyHidden(all),
                open,
                live,
                span()),
            settings.createRecovery());
    return switch (verdict) {
      case Verdict.Made(Instance instance) ->
          new Outcome.Made(first.answers().get(instance.id()).orElseThrow());
      case Verdict.NotMade n -> new Outcome.NotMade();
      case Verdict.Ambiguous(List<InstanceId> candidates) -> new Outcome.Ambiguous(candidates);
      case Verdict.OtherAccount o -> new Outcome.OtherAccount();
      case Verdict.Inconclusive(String why) -> lookAgain(why);
    };
  }

  private Outcome lookAgain(String why) {
    return new Outcome.LookAgain(why, settings.pollFastInterval());
  }

  private static Set<InstanceId> bound(List<ComputeInstance> all) {
    return all.stream().flatMap(r -> Pass.bindingOf(r).stream()).collect(Collectors.toSet());
  }

  private static boolean isAnyHidden(List<ComputeInstance> all) {
    return all.stream().map(Pass::statusOf).anyMatch(ComputeInstanceStatus::hidesBinding);
  }

  private List<Attempt> open(List<ComputeInstance> all, String own, Reading second) {
    return all.stream()
        .filter(Pass::hasOpenCreate)
        .map(r -> Pass.statusOf(r).create())
        .map(create -> attempt(create, isYoung(create, own, second)))
        .toList();
  }

  /** Whether another's time was not over when that list was asked for: it may not show in it. */
  private boolean isYoung(CreateAttempt create, String own, Reading list) {
    String id = String.valueOf(create.attemptId());
    Duration seenBefore = sightings.attempt(id).minus(sightings.since(list.at()));
    return !id.equals(own) && seenBefore.compareTo(span()) < 0;
  }

  /** How long after its start a create can take effect. */
  private Duration span() {
    return settings.timeout().plus(settings.createSettle());
  }

  /** A list that misses an instance which answers its GET lags, and proves nothing. */
  private Optional<String> lagging(
      Map<InstanceId, Optional<Seen>> answers, Listing listing, List<ComputeInstance> all) {
    Set<InstanceId> missing = missing(listing, all);
    if (missing.size() > MOST_MISSING) {
      return Optional.of("the list misses " + missing.size() + " instances that are bound");
    }
    return missing.stream()
        .filter(id -> !Optional.empty().equals(answers.get(id)))
        .findFirst()
        .map(id -> "the list misses instance " + id + ", which was not seen to be gone");
  }

  /** The bound instances that a list of this account should show and does not. */
  private Set<InstanceId> missing(Listing listing, List<ComputeInstance> all) {
    Set<InstanceId> missing = new HashSet<>();
    for (ComputeInstance resource : all) {
      ComputeInstanceStatus status = Pass.statusOf(resource);
      InstanceId.parse(status.instanceId())
          .filter(id -> listing.find(id).isEmpty())
          .filter(id -> isOfAccount(listing, status, id))
          .filter(id -> !isKnownToBeGone(status, id))
          .ifPresent(missing::add);
    }
    // Made here meanwhile, or so lately that no create which is due can lag as much.
    missing.removeAll(inventory.unlisted());
    return missing;
  }

  /** Whether that instance is provably of the account that the list is of. */
  private boolean isOfAccount(Listing listing, ComputeInstanceStatus status, InstanceId id) {
    return listing.credentials().value().equals(status.credentials())
        || inventory.lastSeenWith(id).equals(Optional.of(listing.credentials()))
        || (status.userId() != null && listing.userIds().contains(status.userId()));
  }

  private boolean isKnownToBeGone(ComputeInstanceStatus status, InstanceId id) {
    return sightings.isGone(id, settings.pollFastInterval())
        || status
            .condition(ConditionType.STALLED)
            .filter(c -> Reason.INSTANCE_NOT_FOUND.toString().equals(c.getReason()))
            .isPresent();
  }

  /** What a resource records of its open create. */
  static Attempt attempt(CreateAttempt create, boolean young) {
    return new Attempt(
        String.valueOf(create.attemptId()),
        String.valueOf(create.templateId()),
        Optional.ofNullable(create.zone()),
        Optional.ofNullable(create.defaultZone()),
        time(create.startedAt()),
        Boolean.TRUE.equals(create.ownClock()),
        create.known() == null
            ? Set.of()
            : create.known().stream()
                .flatMap(known -> InstanceId.parse(known).stream())
                .collect(Collectors.toSet()),
        Optional.ofNullable(create.userId()),
        Optional.ofNullable(create.credentials()).map(Fingerprint::new),
        young);
  }

  private static Optional<Instant> time(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
