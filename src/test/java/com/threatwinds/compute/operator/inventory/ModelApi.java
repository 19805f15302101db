package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.compute.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The Compute API in memory: one account whose instances do what they are told at once, and whose
 * next calls fail as they are told to.
 *
 * <p>What is journalled is what reached the API; a call that was not sent is not. Safe for use by
 * many threads; what a test runs in the middle of a call runs outside of any lock.
 */
public final class ModelApi implements ComputeApi {

  public static final String TEMPLATE = "small";
  public static final String ZONE = "eu-west1-a";
  public static final String USER = "user-1";
  public static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

  private final Map<InstanceId, Instance> instances = new LinkedHashMap<>();
  private final Map<InstanceId, Integer> hiddenReads = new LinkedHashMap<>();
  private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
  private final Map<Operation, Deque<Fault>> faults = new EnumMap<>(Operation.class);
  private final Map<Operation, Deque<Runnable>> before = new EnumMap<>(Operation.class);
  private final Map<Operation, Deque<Runnable>> after = new EnumMap<>(Operation.class);
  private final Map<Operation, ComputeApiException> outages = new EnumMap<>(Operation.class);
  private final Map<InstanceId, Unborn> unborn = new LinkedHashMap<>();
  private List<String> templateIds = List.of(TEMPLATE, "large");
  private Consumer<Call> witness = call -> {};
  private @Nullable Map<InstanceId, Instance> frozen;
  private Optional<Fingerprint> credentials = Optional.of(Errors.OURS);
  private boolean conclusive = true;
  private Instant now = START;
  private boolean tellsTheTime = true;
  private int made;

  /**
   * @param commits whether the call takes effect although it fails
   * @param delay how much later a create takes effect
   */
  private record Fault(ComputeApiException error, boolean commits, Duration delay) {}

  /** An instance that a create will have made by then. */
  private record Unborn(Instance instance, Instant due) {}

  /**
   * A call that reached the API.
   *
   * @param on what it was about, such as an instance
   * @param answer {@code ok}, or what it failed with
   * @param proven whether the caller knows whether it took effect
   * @param took whether it took effect, or will
   * @param made the instance that it made, or will have made
   */
  public record Call(
      Operation operation,
      String on,
      String answer,
      boolean proven,
      boolean took,
      Optional<InstanceId> made) {}

  // -- what a test sets

  /** Puts an instance there without a call. */
  public synchronized Instance put(Instance instance) {
    instances.put(instance.id(), instance);
    return instance;
  }

  /** One of ours, in that state. */
  public Instance put(String id, InstanceState state) {
    return put(instance(id, state));
  }

  /** As the API answers it. */
  public static Instance instance(String id, InstanceState state) {
    boolean running = state == InstanceState.RUNNING;
    return new Instance(
        new InstanceId(id),
        "tw-" + id,
        ZONE,
        "e2-small",
        running ? "203.0.113.7" : null,
        running ? "10.0.0.7" : null,
        state,
        state.name(),
        TEMPLATE,
        USER,
        START);
  }

  public synchronized void remove(String id) {
    instances.remove(new InstanceId(id));
  }

  /** Changes the state of an instance without a call. */
  public synchronized void move(String id, InstanceState state) {
    change(new InstanceId(id), i -> withState(i, state));
  }

  public synchronized Optional<Instance> find(String id) {
    return Optional.ofNullable(instances.get(new InstanceId(id)));
  }

  public synchronized List<String> ids() {
    return instances.keySet().stream().map(InstanceId::value).toList();
  }

  /** The list stays as it is now, whatever happens. */
  public synchronized void freezeList() {
    frozen = Map.copyOf(instances);
  }

  public synchronized void thawList() {
    frozen = null;
  }

  /** No answer says what time it is. */
  public synchronized void withoutAClock() {
    tellsTheTime = false;
  }

  /** From now on lists can't be read completely, or can again. */
  public synchronized void conclusive(boolean value) {
    conclusive = value;
  }

  public synchronized void credentials(@Nullable Fingerprint mark) {
    credentials = Optional.ofNullable(mark);
  }

  public synchronized void advance(Duration time) {
    now = now.plus(time);
    unborn.values().stream().filter(u -> !u.due().isAfter(now)).toList().forEach(this::bear);
  }

  private void bear(Unborn late) {
    Instance i = late.instance();
    unborn.remove(i.id());
    put(
        new Instance(
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
            late.due()));
  }

  /** Whether a create will make that instance. */
  public synchronized boolean isUnborn(String id) {
    return unborn.containsKey(new InstanceId(id));
  }

  /** What instances can be made of. */
  public synchronized void offer(List<String> templates) {
    templateIds = List.copyOf(templates);
  }

  /** Who is told of every call that reached the API, before its answer arrives. */
  public synchronized void witness(Consumer<Call> listener) {
    witness = listener;
  }

  /** The next call of that kind has no effect and fails. */
  public ModelApi fail(ComputeApiException error) {
    return fault(new Fault(error, false, Duration.ZERO));
  }

  /** The next call of that kind takes effect, and fails. */
  public ModelApi failAfterCommit(ComputeApiException error) {
    return fault(new Fault(error, true, Duration.ZERO));
  }

  /** The next create fails, and takes effect that much later. */
  public ModelApi failBeforeCommit(ComputeApiException error, Duration delay) {
    return fault(new Fault(error, true, delay));
  }

  /** From now on every call of that kind has no effect and fails. */
  public synchronized void outage(ComputeApiException error) {
    outages.put(error.operation(), error);
  }

  public synchronized void endOutages() {
    outages.clear();
  }

  /** No call fails any more, whatever was to fail. */
  public synchronized void recover() {
    outages.clear();
    faults.clear();
    before.clear();
    after.clear();
    hiddenReads.clear();
    frozen = null;
  }

  private synchronized ModelApi fault(Fault fault) {
    faults.computeIfAbsent(fault.error().operation(), o -> new ArrayDeque<>()).add(fault);
    return this;
  }

  /** What happens elsewhere while the next call of that kind is on its way. */
  public synchronized void during(Operation operation, Runnable event) {
    before.computeIfAbsent(operation, o -> new ArrayDeque<>()).add(event);
  }

  /** What happens elsewhere once the next call of that kind was made, and before its answer. */
  public synchronized void after(Operation operation, Runnable event) {
    after.computeIfAbsent(operation, o -> new ArrayDeque<>()).add(event);
  }

  /** The calls that reached the API, such as {@code create small eu-west1-a} or {@code get i-1}. */
  public List<String> calls() {
    return List.copyOf(journal);
  }

  /** The calls that change something. */
  public List<String> changes() {
    return calls().stream()
        .filter(call -> Operation.valueOf(word(call).toUpperCase(java.util.Locale.ROOT)).isChange())
        .toList();
  }

  public int count(Operation operation) {
    return (int) calls().stream().filter(call -> word(call).equals(operation.toString())).count();
  }

  private static String word(String call) {
    return call.split(" ", 2)[0];
  }

  // -- the port

  private interface Effect<T> {
    T take() throws ComputeApiException;
  }

  private <T> T call(Operation operation, String what, Effect<T> effect)
      throws ComputeApiException {
    meanwhile(before, operation);
    return answer(operation, what, effect);
  }

  private void meanwhile(Map<Operation, Deque<Runnable>> events, Operation operation) {
    Runnable event;
    synchronized (this) {
      event = next(events, operation);
    }
    if (event != null) {
      event.run();
    }
  }

  private <T> T answer(Operation operation, String what, Effect<T> effect)
      throws ComputeApiException {
    Fault fault;
    synchronized (this) {
      fault = next(faults, operation);
      if (fault == null && outages.containsKey(operation)) {
        fault = new Fault(outages.get(operation), false, Duration.ZERO);
      }
    }
    if (fault != null && fault.error() instanceof ComputeApiException.NotSent) {
      throw fault.error();
    }
    journal.add((operation + " " + what).strip());
    T result = null;
    ComputeApiException error = fault == null ? null : fault.error();
    synchronized (this) {
      if (fault == null || fault.commits()) {
        try {
          result = effect.take();
        } catch (ComputeApiException e) {
          error = fault == null ? e : fault.error();
        }
      }
      if (fault != null && result instanceof Seen seen && operation == Operation.CREATE) {
        delay(seen.instance(), fault.delay());
      }
    }
    witness.accept(call(operation, what, error, result));
    meanwhile(after, operation);
    if (error != null) {
      throw error;
    }
    return java.util.Objects.requireNonNull(result);
  }

  private void delay(Instance made, Duration delay) {
    if (delay.isPositive()) {
      instances.remove(made.id());
      unborn.put(made.id(), new Unborn(made, now.plus(delay)));
    }
  }

  private static Call call(
      Operation operation,
      String what,
      @Nullable ComputeApiException error,
      @Nullable Object result) {
    return new Call(
        operation,
        what,
        error == null ? "ok" : error.httpStatus() + " " + error.getMessage(),
        error == null || !error.mayHaveHappened(),
        result != null,
        result instanceof Seen seen && operation == Operation.CREATE
            ? Optional.of(seen.instance().id())
            : Optional.empty());
  }

  private static <T> @Nullable T next(Map<Operation, Deque<T>> queues, Operation operation) {
    Deque<T> queue = queues.get(operation);
    return queue == null ? null : queue.poll();
  }

  private Fingerprint mark() {
    return credentials.orElse(Errors.OURS);
  }

  @Override
  public Seen create(String templateId, @Nullable String zone, BooleanSupplier fence)
      throws ComputeApiException {
    meanwhile(before, Operation.CREATE);
    if (!fence.getAsBoolean()) {
      throw Errors.notSent(Operation.CREATE);
    }
    return answer(
        Operation.CREATE,
        templateId + " " + (zone == null ? "-" : zone),
        () -> {
          Instance template = instance("i-" + ++made, InstanceState.PROVISIONING);
          Instance instance =
              new Instance(
                  template.id(),
                  template.name(),
                  zone == null ? ZONE : zone,
                  template.machineType(),
                  null,
                  null,
                  template.state(),
                  template.stateText(),
                  templateId,
                  USER,
                  now);
          return new Seen(put(instance), mark());
        });
  }

  @Override
  public Listing list() throws ComputeApiException {
    return call(
        Operation.LIST,
        "",
        () -> {
          Map<InstanceId, Instance> shown =
              new LinkedHashMap<>(frozen == null ? instances : frozen);
          hiddenReads.replaceAll((id, left) -> left - 1);
          hiddenReads.forEach((id, left) -> shown.remove(id));
          hiddenReads.values().removeIf(left -> left <= 0);
          return new Listing(shown, conclusive, mark());
        });
  }

  /** The next lists do not show that instance. */
  public synchronized void hide(String id, int lists) {
    hiddenReads.put(new InstanceId(id), lists);
  }

  @Override
  public Seen get(InstanceId id) throws ComputeApiException {
    return call(Operation.GET, id.value(), () -> new Seen(existing(Operation.GET, id), mark()));
  }

  @Override
  public void delete(InstanceId id) throws ComputeApiException {
    call(
        Operation.DELETE,
        id.value(),
        () -> {
          existing(Operation.DELETE, id);
          return Optional.ofNullable(instances.remove(id));
        });
  }

  @Override
  public void start(InstanceId id) throws ComputeApiException {
    power(Operation.START, id, InstanceState.STAGING);
  }

  @Override
  public void stop(InstanceId id) throws ComputeApiException {
    power(Operation.STOP, id, InstanceState.STOPPING);
  }

  @Override
  public void restart(InstanceId id) throws ComputeApiException {
    power(Operation.RESTART, id, InstanceState.RUNNING);
  }

  @Override
  public void reset(InstanceId id) throws ComputeApiException {
    power(Operation.RESET, id, InstanceState.RUNNING);
  }

  private void power(Operation operation, InstanceId id, InstanceState state)
      throws ComputeApiException {
    call(
        operation,
        id.value(),
        () -> {
          existing(operation, id);
          return change(id, i -> withState(i, state));
        });
  }

  private Instance existing(Operation operation, InstanceId id) throws ComputeApiException {
    Instance instance = instances.get(id);
    if (instance == null) {
      throw Errors.notFound(operation, mark());
    }
    return instance;
  }

  private Instance change(InstanceId id, UnaryOperator<Instance> change) {
    Instance changed = change.apply(java.util.Objects.requireNonNull(instances.get(id)));
    instances.put(id, changed);
    return changed;
  }

  private static Instance withState(Instance i, InstanceState state) {
    Instance fresh = instance(i.id().value(), state);
    return new Instance(
        i.id(),
        i.name(),
        i.zone(),
        i.machineType(),
        fresh.externalIp(),
        fresh.internalIp(),
        state,
        state.name(),
        i.templateId(),
        i.userId(),
        i.createdAt());
  }

  @Override
  public List<Template> templates() throws ComputeApiException {
    return call(
        Operation.TEMPLATES,
        "",
        () ->
            templateIds.stream()
                .map(id -> new Template(id, id, null, "e2-" + id, 10L, "ssd", "img", "eu-west1"))
                .toList());
  }

  @Override
  public List<String> zones(String templateId) throws ComputeApiException {
    return call(Operation.ZONES, templateId, () -> List.of(ZONE, "eu-west1-b"));
  }

  /** What its clock shows, whether it tells it or not. */
  public synchronized Instant time() {
    return now;
  }

  @Override
  public synchronized Optional<Instant> now() {
    return tellsTheTime ? Optional.of(now) : Optional.empty();
  }

  @Override
  public synchronized Optional<Fingerprint> credentials() {
    return credentials;
  }
}
