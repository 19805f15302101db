package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.inventory.ModelApi;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Judges a run by what reached the API and by every version of every resource, and believes nothing
 * that the operator says of itself.
 *
 * <p>Whose pass a call belongs to is known from outside: passes are begun one within another and
 * never beside one another.
 */
final class RunChecker implements ModelCluster.Witness {

  /** From the announcement of a create to the last moment at which it can take effect. */
  private static final Duration SPAN = SampleSettings.TIMEOUT.plus(SampleSettings.SETTLE);

  /** How far the clock of the API may be off. */
  private static final Duration TOLERANCE = Duration.ofMinutes(2);

  /** Nobody can know of what is younger: the list lags by so much. */
  private static final Duration LAG = Duration.ofSeconds(75);

  private static final ComputeInstanceSpec NOTHING =
      new ComputeInstanceSpec(null, null, null, null, null, null, null);

  private final ModelApi api;
  private final Consumer<String> timeline;
  private final Consumer<ComputeInstance> left;
  private final Set<String> violations = new LinkedHashSet<>();
  private final Map<String, List<ComputeInstance>> versions = new HashMap<>();
  private final Map<String, ComputeInstance> present = new TreeMap<>();
  private final Deque<Frame> frames = new ArrayDeque<>();

  private final Map<String, String> makers = new TreeMap<>();
  private final Map<String, String> attempts = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();
  private final Set<String> forced = new HashSet<>();
  private final Set<String> spent = new HashSet<>();
  private final Map<String, Integer> epochs = new HashMap<>();
  private final Set<String> rejected = new HashSet<>();
  private boolean byUser;

  /** A pass that is under way. */
  private static final class Frame {
    private final String uid;
    private final int since;
    private final Set<String> read = new HashSet<>();
    private @Nullable ComputeInstance attempting;
    private @Nullable ComputeInstance issuing;

    private Frame(String uid, int since) {
      this.uid = uid;
      this.since = since;
    }
  }

  /**
   * @param left told of every resource that left the cluster
   */
  RunChecker(ModelApi api, Consumer<String> timeline, Consumer<ComputeInstance> left) {
    this.api = api;
    this.timeline = timeline;
    this.left = left;
  }

  Collection<String> violations() {
    return violations;
  }

  void violation(String what) {
    if (violations.add(what)) {
      timeline.accept("VIOLATION " + what);
    }
  }

  // -- what happens

  void begin(ComputeInstance resource) {
    String uid = resource.getMetadata().getUid();
    frames.push(new Frame(uid, versions.get(uid).size() - 1));
  }

  void end() {
    frames.pop();
  }

  /** What a person does, who may take a resource away without us. */
  void byUser(Runnable edit) {
    byUser = true;
    edit.run();
    byUser = false;
  }

  @Override
  public void gone(ComputeInstance last) {
    present.remove(last.getMetadata().getName());
    left.accept(last);
    if (byUser) {
      forced.add(uid(last));
    }
  }

  @Override
  public void answered(String write, String answer) {
    timeline.accept(write + " -> " + answer);
  }

  @Override
  public void stored(ComputeInstance version) {
    List<ComputeInstance> history =
        versions.computeIfAbsent(uid(version), uid -> new ArrayList<>());
    @Nullable ComputeInstance before = history.isEmpty() ? null : history.getLast();
    history.add(version);
    present.put(version.getMetadata().getName(), version);
    ArgoVerdict.mistake(version).ifPresent(this::violation);
    countEpochs(before, version);
    @Nullable String was = before == null ? null : binding(before);
    @Nullable String now = binding(version);
    if (was != null && !was.equals(now)) {
      violation(uid(version) + " lost its binding to " + was);
    }
    if (now != null && !now.equals(was)) {
      bound(Objects.requireNonNull(before), version, now);
    }
    Frame frame = frames.peek();
    if (frame != null && frame.uid.equals(uid(version)) && !byUser) {
      ComputeInstanceStatus status = Pass.statusOf(version);
      String attempt = attempt(version);
      if (attempt != null && !attempt.equals(attempt(Objects.requireNonNull(before)))) {
        frame.attempting = version;
      }
      if (status.power() != null && status.power().outcome() == PowerOutcome.ISSUING) {
        frame.issuing = version;
      }
    }
  }

  /** A request without an id is a new one for each change to its value. */
  private void countEpochs(@Nullable ComputeInstance before, ComputeInstance version) {
    Power power = spec(version).power();
    boolean changed = before == null || spec(before).power() != power;
    if (power != null && power.isRequest() && changed) {
      epochs.merge(uid(version) + "/" + power, 1, Integer::sum);
    }
  }

  void call(ModelApi.Call call) {
    if (frames.isEmpty() && call.answer().equals("ok")) {
      return; // A poll that is as it should be.
    }
    timeline.accept(
        call.operation()
            + " "
            + call.on()
            + " -> "
            + call.answer()
            + (call.took() && !call.proven() ? ", but it took effect" : "")
            + call.made()
                .map(id -> " " + id + (api.isUnborn(id.value()) ? " later" : ""))
                .orElse(""));
    Frame frame = frames.peek();
    if (frame == null) {
      return;
    }
    if (call.answer().startsWith("400")) {
      rejected.add(frame.uid);
    }
    switch (call.operation()) {
      case CREATE -> create(frame, call);
      case GET -> {
        if (call.took()) {
          frame.read.add(call.on());
        }
      }
      case DELETE -> delete(frame, call.on());
      case START ->
          power(
              frame,
              call,
              r -> wants(r, Power.STOPPED) ? false : spec(r).power() != null || hasRequest(r));
      case STOP -> power(frame, call, r -> wants(r, Power.STOPPED));
      case RESTART, RESET -> {
        power(frame, call, r -> !wants(r, Power.STOPPED));
        once(frame, call);
      }
      case LIST, TEMPLATES, ZONES, BILLING -> {}
    }
  }

  // -- invariants 1 and 10: no duplicate, and nothing sent that was not announced

  private void create(Frame frame, ModelApi.Call call) {
    ComputeInstance announced = frame.attempting;
    if (announced == null) {
      violation("a create for " + frame.uid + " was sent that its pass did not announce");
      return;
    }
    frame.attempting = null;
    String attempt = Objects.requireNonNull(attempt(announced));
    if (!spent.add("create/" + attempt)) {
      violation("two creates were sent for attempt " + attempt);
    }
    if (announced.isMarkedForDeletion() || isPaused(announced)) {
      violation("a create was sent for " + frame.uid + ", deleted or paused");
    }
    makers.forEach(
        (id, uid) -> {
          if (uid.equals(frame.uid)
              && (api.find(id).isPresent() || api.isUnborn(id))
              && holder(id).isEmpty()
              && !owners.containsKey(id)) {
            violation("a create was sent for " + frame.uid + ", which has made " + id);
          }
        });
    call.made()
        .ifPresent(
            id -> {
              makers.put(id.value(), frame.uid);
              attempts.put(id.value(), attempt);
              requests(announced).forEach(key -> spent.add(frame.uid + "/" + key));
            });
  }

  // -- invariant 3: no loss

  private void delete(Frame frame, String id) {
    boolean asked =
        anyVersion(
            frame,
            r ->
                r.isMarkedForDeletion()
                    && !isPaused(r)
                    && id.equals(binding(r))
                    && policy(r) == DeletionPolicy.DELETE);
    boolean late = frame.uid.equals(makers.get(id)) && holder(id).isEmpty();
    if (!asked && !late) {
      violation("instance " + id + " was deleted by " + frame.uid + ", which is not asked for");
    }
  }

  // -- invariant 4: no hijack

  private void bound(ComputeInstance before, ComputeInstance after, String id) {
    String uid = uid(after);
    holder(id)
        .filter(r -> !uid(r).equals(uid))
        .ifPresent(r -> violation(id + " is bound to " + uid(r) + " and to " + uid));
    boolean claimed =
        id.equals(spec(after).instanceId())
            || (attempt(before) == null && id.equals(annotation(before, Annotations.INSTANCE_ID)));
    boolean byPerson = ("adopt:" + id).equals(annotation(before, Annotations.RESOLVE_CREATE));
    boolean own =
        uid.equals(makers.get(id))
            && (attempt(before) == null || attempt(before).equals(attempts.get(id)));
    if (!claimed && !byPerson && !own && !mayBeOutcome(before, id)) {
      violation(id + " was bound to " + uid + ", which has no claim to it");
    }
    owners.put(id, uid);
  }

  /**
   * Whether nobody could have known better: the instance fits the open attempt, and there are not
   * more such instances than attempts.
   */
  private boolean mayBeOutcome(ComputeInstance resource, String id) {
    CreateAttempt attempt = Pass.statusOf(resource).create();
    Optional<Instance> instance = api.find(id);
    if (attempt == null || instance.isEmpty() || !fits(attempt, instance.get())) {
      return false;
    }
    long open =
        present.values().stream()
            .map(r -> uid(r).equals(uid(resource)) ? resource : r)
            .map(r -> Pass.statusOf(r).create())
            .filter(c -> c != null && Objects.equals(c.templateId(), attempt.templateId()))
            .count();
    long candidates =
        api.ids().stream()
            .map(i -> api.find(i).orElseThrow())
            .filter(i -> i.id().value().equals(id) || holder(i.id().value()).isEmpty())
            .filter(i -> fits(attempt, i))
            .filter(i -> Objects.requireNonNull(i.createdAt()).isBefore(api.time().minus(LAG)))
            .count();
    return candidates <= open;
  }

  private static boolean fits(CreateAttempt attempt, Instance instance) {
    Instant start = Instant.parse(Objects.requireNonNull(attempt.startedAt()));
    Instant created = Objects.requireNonNull(instance.createdAt());
    boolean known = attempt.known() != null && attempt.known().contains(instance.id().value());
    String zone = attempt.zone() == null ? attempt.defaultZone() : attempt.zone();
    return !known
        && Objects.equals(attempt.templateId(), instance.templateId())
        && Objects.equals(zone, instance.zone())
        && !created.isBefore(start.minus(TOLERANCE))
        && !created.isAfter(start.plus(SPAN).plus(TOLERANCE));
  }

  // -- invariants 5 and 6: power only as asked, and each request once

  private void power(Frame frame, ModelApi.Call call, Predicate<ComputeInstance> asks) {
    String id = call.on();
    if (!anyVersion(
        frame,
        r -> id.equals(binding(r)) && !isPaused(r) && !r.isMarkedForDeletion() && asks.test(r))) {
      violation(call.operation() + " of " + id + " by " + frame.uid + " is not asked for");
    }
    if (!frame.read.contains(id)) {
      violation(call.operation() + " of " + id + " without a fresh read");
    }
  }

  private void once(Frame frame, ModelApi.Call call) {
    ComputeInstance announced = frame.issuing;
    if (announced == null) {
      violation(call.operation() + " of " + call.on() + " was not announced");
      return;
    }
    frame.issuing = null;
    if (call.proven() && !call.took()) {
      return;
    }
    var power = Objects.requireNonNull(Pass.statusOf(announced).power());
    String request = power.operation() + "/" + power.requestId();
    String epoch = epoch(announced, String.valueOf(power.operation()));
    if (!requests(announced).contains(power.requestId() == null ? epoch : request)) {
      violation(call.operation() + " of " + call.on() + ": nobody asked for " + request);
    }
    boolean again =
        power.requestId() == null
            ? !spent.add(frame.uid + "/" + epoch)
            : !spent.add(frame.uid + "/" + request);
    boolean bySpec = Objects.equals(shown(spec(announced).powerRequestId()), power.requestId());
    if (bySpec) {
      spent.add(frame.uid + "/" + epoch); // To take the id away is no new request.
    }
    if (again) {
      violation(call.operation() + " of " + call.on() + " sent twice for " + request);
    }
  }

  private String epoch(ComputeInstance resource, String operation) {
    return operation + "#" + epochs.getOrDefault(uid(resource) + "/" + operation, 0);
  }

  /** The requests that stand in a resource. */
  private Set<String> requests(ComputeInstance resource) {
    Set<String> requests = new HashSet<>();
    Power power = spec(resource).power();
    if (power != null && power.isRequest()) {
      String id = shown(spec(resource).powerRequestId());
      requests.add(id == null ? epoch(resource, power.toString()) : power + "/" + id);
    }
    String restart = shown(annotation(resource, Annotations.RESTART_REQUESTED));
    String reset = shown(annotation(resource, Annotations.RESET_REQUESTED));
    if (restart != null) {
      requests.add(Power.RESTART + "/" + restart);
    }
    if (reset != null) {
      requests.add(Power.RESET + "/" + reset);
    }
    return requests;
  }

  /** How a request is named in a status: what can't be shown there, by its hash. */
  private static @Nullable String shown(@Nullable String id) {
    if (id == null || id.matches("[\\P{C}&&[^\\u2028\\u2029]]{1,63}")) {
      return id;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash).substring(0, 32);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private boolean hasRequest(ComputeInstance resource) {
    return !requests(resource).isEmpty();
  }

  // -- what a person finds out

  /** What that open create made, if it is there and nobody has it. */
  Optional<String> outcomeOf(String attemptId) {
    return makers.keySet().stream()
        .filter(id -> attemptId.equals(attempts.get(id)))
        .filter(id -> api.find(id).isPresent() || api.isUnborn(id))
        .filter(id -> holder(id).isEmpty())
        .findFirst();
  }

  /** An instance that a create made which nobody waits for any more, of those. */
  Optional<String> orphan(@Nullable List<String> candidates) {
    Set<String> open = new HashSet<>();
    present.values().forEach(r -> open.add(String.valueOf(attempt(r))));
    return (candidates == null ? List.<String>of() : candidates)
        .stream()
            .filter(id -> makers.containsKey(id) && api.find(id).isPresent())
            .filter(id -> holder(id).isEmpty() && !owners.containsKey(id))
            .filter(id -> !open.contains(attempts.get(id)))
            .findFirst();
  }

  // -- invariants 1, 2, 7 and 8: how it must be in the end

  /**
   * @param credentialsChanged whether a resource may be left with credentials that can't prove it
   */
  void checkEnd(boolean credentialsChanged) {
    makers.keySet().stream()
        .filter(id -> api.find(id).isPresent() && holder(id).isEmpty() && !isLetGo(id))
        .forEach(id -> violation(id + ", made for " + makers.get(id) + ", is bound to nothing"));
    present.values().forEach(r -> checkEnd(r, credentialsChanged));
  }

  /** Whether its resource went without it: taken away by a person, or told to retain it. */
  private boolean isLetGo(String id) {
    String uid = owners.getOrDefault(id, makers.get(id));
    ComputeInstance last = versions.get(uid).getLast();
    boolean gone = present.values().stream().noneMatch(r -> uid(r).equals(uid));
    return gone
        && (forced.contains(uid)
            || (last.isMarkedForDeletion() && policy(last) == DeletionPolicy.RETAIN));
  }

  private void checkEnd(ComputeInstance r, boolean credentialsChanged) {
    String reason = ModelOperator.reason(Pass.statusOf(r));
    String id = binding(r);
    boolean there = id != null && api.find(id).isPresent();
    if (reason.equals("AccountMismatch") && credentialsChanged && !there) {
      return;
    }
    if (r.isMarkedForDeletion()) {
      violation(uid(r) + " is deleted and does not go: " + reason);
    } else if (rejected.contains(uid(r)) && reason.equals("RequestRejected")) {
      return;
    } else if (id == null) {
      if (!isHopelessClaim(r, reason)) {
        violation(uid(r) + " has no instance in the end: " + reason);
      }
    } else if (!there) {
      if (!reason.equals("InstanceNotFound")) {
        violation(uid(r) + " does not tell that " + id + " is gone: " + reason);
      }
    } else {
      checkIsAsAsked(r, reason, api.find(id).orElseThrow());
    }
  }

  private void checkIsAsAsked(ComputeInstance r, String reason, Instance instance) {
    Power power = spec(r).power();
    boolean running = instance.state() == InstanceState.RUNNING;
    boolean stopped = instance.state() == InstanceState.TERMINATED;
    boolean asAsked =
        power == null ? running || stopped : power == Power.STOPPED ? stopped : running;
    if (!asAsked || !reason.equals(running ? "Running" : "Stopped")) {
      violation(uid(r) + " asks for " + power + ", is " + instance.state() + " and says " + reason);
    }
    Set<String> handled = new HashSet<>();
    var record = Pass.statusOf(r).power();
    if (record != null && record.handledRequestIds() != null) {
      record
          .handledRequestIds()
          .forEach(mark -> handled.add(mark.substring(mark.indexOf('/') + 1)));
    }
    requests(r).stream()
        .filter(request -> !request.contains("#") && !handled.contains(request))
        .forEach(request -> violation(uid(r) + " never handled " + request));
  }

  /** A copy that claims what it can't have. */
  private boolean isHopelessClaim(ComputeInstance r, String reason) {
    String claim = annotation(r, Annotations.INSTANCE_ID);
    Optional<Instance> instance = claim == null ? Optional.empty() : api.find(claim);
    return claim != null
        && switch (reason) {
          case "InstanceNotFound" -> instance.isEmpty();
          case "InstanceClaimed" ->
              present.values().stream()
                  .filter(other -> !uid(other).equals(uid(r)))
                  .anyMatch(
                      other ->
                          claim.equals(binding(other))
                              || claim.equals(annotation(other, Annotations.INSTANCE_ID)));
          case "TemplateMismatch" ->
              instance
                  .filter(i -> !Objects.equals(i.templateId(), spec(r).templateId()))
                  .isPresent();
          case "ZoneNotAvailable" ->
              instance.filter(i -> !Objects.equals(i.zone(), spec(r).zone())).isPresent();
          default -> false;
        };
  }

  // -- how a version reads

  private boolean anyVersion(Frame frame, Predicate<ComputeInstance> condition) {
    List<ComputeInstance> history = versions.get(frame.uid);
    return history.subList(frame.since, history.size()).stream().anyMatch(condition);
  }

  private Optional<ComputeInstance> holder(String id) {
    return present.values().stream().filter(r -> id.equals(binding(r))).findFirst();
  }

  /** What a resource without a spec asks for. */
  private static ComputeInstanceSpec spec(ComputeInstance r) {
    return Objects.requireNonNullElse(r.getSpec(), NOTHING);
  }

  private static String uid(ComputeInstance r) {
    return r.getMetadata().getUid();
  }

  private static @Nullable String binding(ComputeInstance r) {
    return Pass.statusOf(r).instanceId();
  }

  private static @Nullable String attempt(ComputeInstance r) {
    CreateAttempt create = Pass.statusOf(r).create();
    return create == null ? null : create.attemptId();
  }

  private static boolean isPaused(ComputeInstance r) {
    return "true".equals(annotation(r, Annotations.PAUSED));
  }

  private static boolean wants(ComputeInstance r, Power power) {
    return spec(r).power() == power;
  }

  private static DeletionPolicy policy(ComputeInstance r) {
    return Objects.requireNonNullElse(
        spec(r).deletionPolicy(),
        Boolean.TRUE.equals(Pass.statusOf(r).takenOver())
            ? DeletionPolicy.RETAIN
            : DeletionPolicy.DELETE);
  }

  private static @Nullable String annotation(ComputeInstance r, String key) {
    var annotations = r.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(key);
  }
}
