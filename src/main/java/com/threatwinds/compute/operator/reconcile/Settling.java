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
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Settlement;
import com.threatwinds.compute.operator.decision.Settlement.Attempt;
import com.threatwinds.compute.operator.decision.Settlement.Verdict;
import com.threatwinds.compute.operator.inventory.Inventory;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the evidence that settles an open create: two lists, a poll apart, then every resource
 * live, then every suspect by a GET. {@link Settlement} judges it.
 *
 * <p>Called in the create lane, which the resource keeps between the two lists.
 */
final class Settling {

  /** More bound instances missing from a list than this, and the list itself is the suspect. */
  private static final int MOST_MISSING = 10;

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
   * The instances of that template that can't be the outcome of a create that begins now: those
   * that no resource is bound to, and those that are so young that, let go by their resource
   * meanwhile, they could be mistaken for it.
   */
  List<InstanceId> known(Listing listing, String templateId, Instant start) {
    Instant young = start.minus(Settlement.TOLERANCE);
    Stream<InstanceId> listed =
        listing.instances().values().stream()
            .filter(i -> i.templateId() == null || i.templateId().equals(templateId))
            .filter(i -> isUnbound(i.id()) || isSince(i.createdAt(), young))
            .map(Instance::id);
    return Stream.concat(listed, inventory.unlisted().stream()).distinct().sorted().toList();
  }

  private boolean isUnbound(InstanceId id) {
    return bindings.resourcesOf(id).stream().noneMatch(r -> isBoundTo(r, id));
  }

  private static boolean isSince(@Nullable Instant time, Instant young) {
    return time != null && !time.isBefore(young);
  }

  private static boolean isBoundTo(ComputeInstance resource, InstanceId id) {
    return id.value().equals(Pass.statusOf(resource).instanceId());
  }

  Outcome settle(Pass pass) throws ComputeApiException {
    String attemptId = String.valueOf(pass.announced().create().attemptId());
    Optional<Sightings.Reading> first = sightings.reading(attemptId);
    if (first.isEmpty()) {
      sightings.read(attemptId, inventory.read());
      return new Outcome.ReadOnce(settings.pollFastInterval());
    }
    Duration left = settings.pollFastInterval().minus(sightings.since(first.get().at()));
    if (left.isPositive()) {
      return new Outcome.ReadOnce(left);
    }
    sightings.forgetReading(attemptId);
    Listing second = inventory.read();
    List<ComputeInstance> all = pass.store().all();
    Set<InstanceId> bound =
        all.stream()
            .flatMap(r -> InstanceId.parse(Pass.statusOf(r).instanceId()).stream())
            .collect(Collectors.toSet());
    Optional<String> lagging = lagging(second, all);
    if (lagging.isPresent()) {
      return new Outcome.LookAgain(lagging.get(), settings.pollFastInterval());
    }
    List<Attempt> open =
        all.stream()
            .map(Pass::statusOf)
            .filter(s -> s.create() != null && s.instanceId() == null)
            .map(s -> attempt(s.create(), attemptId))
            .toList();
    Optional<Attempt> own = open.stream().filter(a -> a.attemptId().equals(attemptId)).findFirst();
    if (own.isEmpty()) {
      return new Outcome.Outdated();
    }
    Map<InstanceId, Instance> live = new HashMap<>();
    for (InstanceId id : Settlement.suspects(second, bound, open, span())) {
      try {
        Seen seen = api.get(id);
        live.put(id, seen.instance());
      } catch (ComputeApiException.NotFound e) {
        if (!e.isExplained()) {
          throw e;
        }
      }
    }
    Verdict verdict =
        Settlement.settle(
            own.get(),
            new Settlement.Evidence(first.get().listing(), second, bound, open, live, span()),
            settings.createRecovery());
    return switch (verdict) {
      case Verdict.Made(Instance instance) ->
          new Outcome.Made(new Seen(instance, second.credentials()));
      case Verdict.NotMade n -> new Outcome.NotMade();
      case Verdict.Ambiguous(List<InstanceId> candidates) -> new Outcome.Ambiguous(candidates);
      case Verdict.OtherAccount o -> new Outcome.OtherAccount();
      case Verdict.Inconclusive(String why) ->
          new Outcome.LookAgain(why, settings.pollFastInterval());
    };
  }

  /** How long after its start a create can take effect. */
  private Duration span() {
    return settings.timeout().plus(settings.createSettle());
  }

  /** A list that misses an instance which answers its GET lags, and proves nothing. */
  private Optional<String> lagging(Listing listing, List<ComputeInstance> all)
      throws ComputeApiException {
    Set<InstanceId> missing = new HashSet<>();
    for (ComputeInstance resource : all) {
      ComputeInstanceStatus status = Pass.statusOf(resource);
      boolean knownToBeGone =
          status
              .condition(ConditionType.STALLED)
              .filter(c -> Reason.INSTANCE_NOT_FOUND.toString().equals(c.getReason()))
              .isPresent();
      if (!knownToBeGone) {
        InstanceId.parse(status.instanceId())
            .filter(id -> listing.find(id).isEmpty())
            .ifPresent(missing::add);
      }
    }
    if (missing.size() > MOST_MISSING) {
      return Optional.of("the list misses " + missing.size() + " instances that are bound");
    }
    for (InstanceId id : missing) {
      try {
        api.get(id);
        return Optional.of("the list misses instance " + id + ", which answers");
      } catch (ComputeApiException.NotFound e) {
        if (!e.isExplained()) {
          throw e;
        }
      }
    }
    return Optional.empty();
  }

  private Attempt attempt(CreateAttempt create, String own) {
    String id = String.valueOf(create.attemptId());
    boolean young = !id.equals(own) && sightings.attempt(id).compareTo(span()) < 0;
    return new Attempt(
        id,
        String.valueOf(create.templateId()),
        Optional.ofNullable(create.zone()),
        Optional.ofNullable(create.defaultZone()),
        time(create.startedAt()),
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
