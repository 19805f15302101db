package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.compute.Template;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.Gate;
import com.threatwinds.compute.operator.inventory.GatedComputeApi;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.inventory.Inventory.Look;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.reconcile.SearchMemory.Age;
import com.threatwinds.compute.operator.reconcile.SearchMemory.Reading;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process of the operator for the time of one pass: the production classes, all of them, with
 * the memory that the search gives them and with answers that it wrote down before.
 *
 * <p>A pass can't be stopped in the middle and copied, but it can be run again: it depends on
 * nothing but its memory and the answers so far. So the pass is run from its beginning each time,
 * and ends where the answers do, with the call that it would make next.
 */
final class SearchProcess implements ComputeApi, ResourceStore {

  /** Long ago: whatever must have lasted for a while has. */
  private static final long BEFORE = 0;

  private static final long SOME_POLLS = SampleSettings.FAST.multipliedBy(2).toNanos();
  private static final long LISTED = Duration.ofHours(1).toNanos();
  private static final long NOW = LISTED + SOME_POLLS;
  private static final Duration SPAN = SampleSettings.TIMEOUT.plus(SampleSettings.SETTLE);

  private final SearchTables tables;
  private final int number;
  private final SearchMemory memory;
  private final Iterator<SearchAnswer> answers;
  private final Rooms rooms;
  private final Set<String> attempts = new TreeSet<>();
  private final Set<String> instances = new TreeSet<>();
  private long clock = BEFORE;
  private @Nullable Listing preset;
  private @Nullable String freshId;
  private @Nullable String freshName;

  /** Where the answers end. */
  private static final class Suspended extends Error {
    private static final long serialVersionUID = 1L;
    private final transient SearchCall call;

    private Suspended(SearchCall call) {
      super(null, null, false, false);
      this.call = call;
    }
  }

  private SearchProcess(
      SearchTables tables,
      int number,
      SearchMemory memory,
      List<Integer> cache,
      List<SearchAnswer> answers) {
    this.tables = tables;
    this.number = number;
    this.memory = memory;
    this.answers = answers.iterator();
    Map<Kind, Gate> gates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      gates.put(kind, new Gate(Optional.empty(), () -> clock));
    }
    Settings settings =
        SampleSettings.of(Recovery.AUTO, SampleSettings.FAST, tables.scope().takeoverAllowed);
    KnownResources known = new KnownResources();
    this.rooms =
        new Rooms(
            new GatedComputeApi(this, gates, operation -> {}),
            context -> this,
            (about, notes) -> {},
            Leadership.unrivalled(), // Each believes that it leads, always.
            known,
            page -> "0",
            new NoTemplates(),
            new Workers(),
            settings,
            () -> ModelApi.START,
            () -> clock,
            pause -> {},
            time -> {});
    rooms.open();
    cache.stream().filter(version -> version != 0).map(this::in).forEach(known::correct);
    remember();
  }

  // -- what the search runs

  /** The pass over that resource of the cache: the call after those answers. */
  static SearchCall pass(
      SearchTables tables,
      int number,
      SearchMemory memory,
      List<Integer> cache,
      int resource,
      List<SearchAnswer> answers) {
    var process = new SearchProcess(tables, number, memory, cache, answers);
    try {
      new ComputeInstanceReconciler(process.rooms)
          .pass(new Pass(process, process.in(cache.get(resource))));
    } catch (KubernetesClientException e) {
      // The framework tries again, some time.
    } catch (Suspended e) {
      return e.call;
    } catch (RuntimeException e) {
      return new SearchCall.Bug(e.toString());
    }
    return new SearchCall.End(process.memory());
  }

  /** What it remembers once it has read that list between two passes. */
  static SearchMemory polled(SearchTables tables, SearchMemory memory, List<Instance> list) {
    var process = new SearchProcess(tables, 0, memory, List.of(), List.of());
    process.poll(list);
    return process.memory();
  }

  /** What it remembers once its informer has told it that a resource is gone. */
  static SearchMemory forgot(SearchTables tables, SearchMemory memory, int gone) {
    var process = new SearchProcess(tables, 0, memory, List.of(), List.of());
    process.rooms.known().drop(process.in(gone));
    return process.memory();
  }

  // -- memory

  private void remember() {
    Sightings sightings = rooms.sightings();
    attempts.addAll(memory.attempts().keySet());
    instances.addAll(memory.absences().keySet());
    see(Age.LISTED);
    (makes(SearchMistake.GONE_ON_ONE_404) ? instances : memory.absences().keySet())
        .forEach(id -> sightings.absence(new InstanceId(id)));
    clock = LISTED - SOME_POLLS;
    memory
        .absences()
        .forEach((id, twice) -> only(twice, () -> sightings.absence(new InstanceId(id))));
    memory.readings().forEach((id, r) -> only(r.old(), () -> read(id, r)));
    clock = LISTED;
    if (memory.listing() != null) {
      poll(memory.listing());
    }
    memory.readings().forEach((id, r) -> only(!r.old(), () -> read(id, r)));
    clock = NOW - SPAN.toNanos() - 1;
    see(Age.OVER);
    clock = NOW;
    see(Age.YOUNG);
    memory.created().forEach(i -> rooms.inventory().created(new Seen(i, Errors.OURS)));
  }

  private boolean makes(SearchMistake one) {
    return tables.scope().makes(one);
  }

  private void see(Age age) {
    attempts.stream()
        .filter(id -> believed(memory.attempts().get(id)) == age)
        .forEach(id -> rooms.sightings().attempt(id));
  }

  private @Nullable Age believed(@Nullable Age age) {
    boolean mistaken =
        makes(SearchMistake.SETTLED_AT_ONCE)
            || (makes(SearchMistake.SETTLED_FROM_OLD_LISTS) && age == Age.OVER);
    return mistaken ? Age.LISTED : age;
  }

  private void read(String attemptId, Reading r) {
    Map<InstanceId, Optional<Seen>> answers = new ConcurrentHashMap<>();
    r.answers()
        .forEach(
            (id, answer) ->
                answers.put(new InstanceId(id), answer.map(i -> new Seen(i, Errors.OURS))));
    rooms.sightings().read(attemptId, new Sightings.Reading(listing(r.list()), clock, answers));
  }

  private void poll(List<Instance> list) {
    preset = listing(list);
    try {
      rooms.inventory().read();
    } catch (ComputeApiException e) {
      throw new IllegalStateException(e);
    }
    preset = null;
  }

  private static void only(boolean yes, Runnable task) {
    if (yes) {
      task.run();
    }
  }

  private SearchMemory memory() {
    clock++; // What is seen for the first time from here on is so young that it shows.
    Map<String, Age> seen = new TreeMap<>();
    Map<String, Reading> readings = new TreeMap<>();
    Duration listed = rooms.inventory().age().orElse(Duration.ofNanos(clock));
    for (String id : attempts) {
      String own = id.equals(freshName) ? Objects.requireNonNull(freshId) : id;
      rooms.sightings().reading(own).ifPresent(r -> readings.put(id, reading(r, listed)));
      Duration age = rooms.sightings().attempt(own);
      Duration over = age.minus(SPAN);
      if (!age.isZero()) {
        seen.put(
            id, over.isNegative() ? Age.YOUNG : over.compareTo(listed) < 0 ? Age.OVER : Age.LISTED);
      }
    }
    Map<String, Boolean> absences = new TreeMap<>();
    for (String id : instances) {
      boolean twice = rooms.sightings().isGone(new InstanceId(id), SampleSettings.FAST);
      if (!rooms.sightings().absence(new InstanceId(id)).isZero()) {
        absences.put(id, twice);
      }
    }
    List<Instance> created =
        rooms.inventory().unlisted().stream()
            .sorted()
            .flatMap(id -> listed(rooms.inventory().look(id)))
            .toList();
    return new SearchMemory(
        rooms.inventory().listing().map(SearchProcess::sorted).orElse(null),
        created,
        seen,
        readings,
        absences);
  }

  private Reading reading(Sightings.Reading r, Duration listed) {
    Map<String, Optional<Instance>> answers = new TreeMap<>();
    r.answers().forEach((id, seen) -> answers.put(id.value(), seen.map(Seen::instance)));
    return new Reading(
        sorted(r.listing()), clock - listed.toNanos() - r.at() >= SOME_POLLS, answers);
  }

  private static Stream<Instance> listed(Look look) {
    return look instanceof Look.Listed(Instance instance, boolean doubtful)
        ? Stream.of(instance)
        : Stream.of();
  }

  private static List<Instance> sorted(Listing listing) {
    return listing.instances().values().stream()
        .sorted(Comparator.comparing(Instance::id))
        .toList();
  }

  private static Listing listing(List<Instance> instances) {
    return new Listing(
        instances.stream().collect(Collectors.toMap(Instance::id, i -> i)), true, Errors.OURS);
  }

  // -- in and out: an attempt's id is random, and another one whenever the pass is run again

  private ComputeInstance in(int version) {
    SearchResource resource = tables.resource(version);
    CreateAttempt attempt = resource.attempt();
    if (attempt != null) {
      attempts.add(String.valueOf(attempt.attemptId()));
    }
    if (resource.bound() != null) {
      instances.add(resource.bound());
    }
    if (resource.claim() != null) {
      instances.add(resource.claim());
    }
    if (attempt == null || !Objects.equals(attempt.attemptId(), freshName)) {
      return tables.production(version);
    }
    ComputeInstance own = resource.resource();
    own.setStatus(withAttempt(resource.status(), named(attempt, freshId, attempt.known())));
    return own;
  }

  private ComputeInstanceStatus out(ComputeInstanceStatus status, String token) {
    CreateAttempt attempt = status.create();
    ComputeInstanceStatus out = status;
    if (attempt != null) {
      String id = String.valueOf(attempt.attemptId());
      if (!id.startsWith("a/") && freshName == null) {
        freshId = id;
        freshName = "a/" + token + "/" + number;
        attempts.add(freshName);
      }
      if (attempt.candidates() != null && makes(SearchMistake.FIRST_CANDIDATE)) {
        return bound(status, attempt.candidates().getFirst());
      }
      out =
          withAttempt(
              status,
              named(
                  attempt,
                  id.equals(freshId) ? freshName : id,
                  makes(SearchMistake.NOTHING_KNOWN) ? List.of() : attempt.known()));
    }
    PowerRecord power = status.power();
    return power != null && makes(SearchMistake.REQUESTS_FORGOTTEN)
        ? withPower(
            out,
            new PowerRecord(
                power.operation(), power.requestId(), power.outcome(), power.time(), null))
        : out;
  }

  private static CreateAttempt named(
      CreateAttempt a, @Nullable String id, @Nullable List<String> known) {
    return new CreateAttempt(
        id,
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

  private static ComputeInstanceStatus withAttempt(
      ComputeInstanceStatus s, @Nullable CreateAttempt attempt) {
    return with(s, s.instanceId(), attempt, s.power());
  }

  private static ComputeInstanceStatus withPower(ComputeInstanceStatus s, PowerRecord power) {
    return with(s, s.instanceId(), s.create(), power);
  }

  private static ComputeInstanceStatus bound(ComputeInstanceStatus s, String id) {
    return with(s, id, null, s.power());
  }

  private static ComputeInstanceStatus with(
      ComputeInstanceStatus s,
      @Nullable String instanceId,
      @Nullable CreateAttempt attempt,
      @Nullable PowerRecord power) {
    return new ComputeInstanceStatus(
        s.observedGeneration(),
        instanceId,
        s.takenOver(),
        s.name(),
        s.state(),
        s.zone(),
        s.machineType(),
        s.externalIp(),
        s.internalIp(),
        s.createdAt(),
        s.userId(),
        s.credentials(),
        s.conditions(),
        s.accepted(),
        attempt,
        power,
        s.lastError(),
        s.problem());
  }

  private SearchAnswer ask(SearchCall call) {
    if (!answers.hasNext()) {
      throw new Suspended(call);
    }
    return answers.next();
  }

  // -- the API server

  @Override
  public Optional<ComputeInstance> live(ComputeInstance resource) {
    var meta = resource.getMetadata();
    return resources(new SearchCall.Live(meta.getName(), meta.getUid())).stream().findFirst();
  }

  @Override
  public List<ComputeInstance> all() {
    if (makes(SearchMistake.LATE_UNCHECKED) && freshId != null) {
      return List.of();
    }
    if (makes(SearchMistake.HOLDERS_FROM_CACHE)) {
      return rooms.known().all().toList();
    }
    return resources(new SearchCall.All());
  }

  private List<ComputeInstance> resources(SearchCall call) {
    if (ask(call) instanceof SearchAnswer.Resources(List<Integer> versions)) {
      return versions.stream().map(this::in).toList();
    }
    throw new KubernetesClientException("no answer", 0, null);
  }

  @Override
  public boolean isDefinitionGoing() {
    return false;
  }

  @Override
  public Optional<ComputeInstance> writeStatus(
      ComputeInstance resource, ComputeInstanceStatus status) {
    String token = resource.getMetadata().getResourceVersion();
    if (makes(SearchMistake.SENT_BEFORE_RECORDED)
        && status.power() != null
        && status.power().outcome() == PowerOutcome.ISSUING) {
      return Optional.of(Resources.copyOf(resource, status));
    }
    SearchAnswer answer =
        ask(
            new SearchCall.WriteStatus(
                resource.getMetadata().getName(), token, out(status, token)));
    return written(answer) ? Optional.of(in(((SearchAnswer.Written) answer).version())) : none();
  }

  private static Optional<ComputeInstance> none() {
    return Optional.empty();
  }

  private static boolean written(SearchAnswer answer) {
    if (answer instanceof SearchAnswer.NoAnswer) {
      throw new KubernetesClientException("no answer", 0, null);
    }
    return answer instanceof SearchAnswer.Written;
  }

  @Override
  public boolean annotate(ComputeInstance resource, String instanceId) {
    var meta = resource.getMetadata();
    return written(
        ask(new SearchCall.Annotate(meta.getName(), meta.getResourceVersion(), instanceId)));
  }

  @Override
  public boolean hold(ComputeInstance resource) {
    var meta = resource.getMetadata();
    return written(ask(new SearchCall.Hold(meta.getName(), meta.getResourceVersion())));
  }

  @Override
  public boolean release(ComputeInstance resource) {
    var meta = resource.getMetadata();
    return meta.getFinalizers().isEmpty()
        || written(ask(new SearchCall.Release(meta.getName(), meta.getResourceVersion())));
  }

  // -- the Compute API

  @Override
  public Seen create(String templateId, @Nullable String zone, BooleanSupplier fence)
      throws ComputeApiException {
    String attempt = Objects.requireNonNullElse(freshName, "a/none/" + number);
    if (ask(new SearchCall.Send(attempt)) instanceof SearchAnswer.Open(boolean late) && late) {
      clock += SampleSettings.TIMEOUT.toNanos();
    }
    if (!fence.getAsBoolean() && !makes(SearchMistake.FENCE_IGNORED)) {
      throw Errors.notSent(Operation.CREATE);
    }
    return found(Operation.CREATE, ask(new SearchCall.Await(attempt)));
  }

  private static Seen found(Operation operation, SearchAnswer answer) throws ComputeApiException {
    if (answer instanceof SearchAnswer.Found(Instance instance)) {
      return new Seen(instance, Errors.OURS);
    }
    throw error(operation, answer);
  }

  private static ComputeApiException error(Operation operation, SearchAnswer answer) {
    return switch (answer) {
      case SearchAnswer.Missing m -> Errors.notFound(operation);
      case SearchAnswer.Refused r -> Errors.rateLimited(operation, null);
      case SearchAnswer.NoAnswer n -> Errors.noAnswer(operation);
      default -> throw new IllegalStateException(operation + " answered with " + answer);
    };
  }

  @Override
  public Listing list() {
    if (preset != null) {
      return preset;
    }
    throw new IllegalStateException("a pass reads a list of its own");
  }

  @Override
  public Seen get(InstanceId id) throws ComputeApiException {
    if (makes(SearchMistake.LIST_TRUSTED)) {
      return new Seen(
          rooms.inventory().listing().orElseThrow().find(id).orElseThrow(), Errors.OURS);
    }
    return found(Operation.GET, ask(new SearchCall.Get(id.value())));
  }

  private void change(Operation operation, InstanceId id) throws ComputeApiException {
    SearchAnswer answer = ask(new SearchCall.Change(operation, id.value()));
    if (!(answer instanceof SearchAnswer.Done)) {
      throw error(operation, answer);
    }
  }

  @Override
  public void delete(InstanceId id) throws ComputeApiException {
    change(Operation.DELETE, id);
  }

  @Override
  public void start(InstanceId id) throws ComputeApiException {
    change(Operation.START, id);
  }

  @Override
  public void stop(InstanceId id) throws ComputeApiException {
    change(Operation.STOP, id);
  }

  @Override
  public void restart(InstanceId id) throws ComputeApiException {
    change(Operation.RESTART, id);
  }

  @Override
  public void reset(InstanceId id) throws ComputeApiException {
    change(Operation.RESET, id);
  }

  @Override
  public List<Template> templates() {
    return List.of(
        new Template(ModelApi.TEMPLATE, "Small", null, "e2-small", 10L, "ssd", "img", "eu-west1"));
  }

  @Override
  public List<String> zones(String templateId) {
    return List.of(ModelApi.ZONE);
  }

  @Override
  public Optional<Instant> now() {
    return Optional.of(ModelApi.START);
  }

  @Override
  public Optional<Fingerprint> credentials() {
    return Optional.of(Errors.OURS);
  }
}
