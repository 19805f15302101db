package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.inventory.Gate;
import com.threatwinds.compute.operator.inventory.GatedComputeApi;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.inventory.NanoClock;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The operator without its framework: real passes, one at a time, on an account and a cluster in
 * memory, with a clock that moves only when told. Several of them on the same two are replicas, or
 * one after a restart.
 */
final class ModelOperator {

  final ModelApi api;
  final ModelCluster cluster;
  final NanoClock clock;
  final Leadership leadership;
  private final KnownResources known = new KnownResources();
  final List<String> events = new ArrayList<>();
  final List<EventReport.Note> notes = new ArrayList<>();

  /** The same, each with the name of what it is about. */
  final List<String> told = new ArrayList<>();

  final Rooms rooms;

  /** How long each instance took to run. */
  final List<Duration> provisioned = new ArrayList<>();

  private final ComputeInstanceReconciler reconciler;
  private final List<Runnable> whileAsleep = new ArrayList<>();
  private boolean polls = true;

  ModelOperator() {
    this(new ModelApi(), new ModelCluster(), SampleSettings.defaults());
  }

  ModelOperator(ModelApi api, ModelCluster cluster, Settings settings) {
    this(api, cluster, settings, new NanoClock());
  }

  /**
   * @param clock shared with the replicas on the same machine
   */
  ModelOperator(ModelApi api, ModelCluster cluster, Settings settings, NanoClock clock) {
    this.api = api;
    this.cluster = cluster;
    this.clock = clock;
    this.leadership = Leadership.elected(clock);
    Map<Kind, Gate> gates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      gates.put(kind, new Gate(Optional.ofNullable(settings.rates().get(kind)), clock));
    }
    Workers workers = new Workers();
    workers.open();
    this.rooms =
        new Rooms(
            new GatedComputeApi(api, gates, operation -> {}),
            context -> cluster,
            (about, news) -> news.forEach(note -> told(about.getMetadata().getName(), note)),
            leadership,
            known,
            page -> "0",
            new NoTemplates(),
            workers,
            settings,
            api::time,
            clock,
            this::sleep,
            provisioned::add);
    this.reconciler = new ComputeInstanceReconciler(rooms);
    rooms.open(cluster.cache());
    leadership.granted(clock.getAsLong(), Duration.ofDays(365));
    leadership.won();
  }

  private void told(String name, EventReport.Note note) {
    notes.add(note);
    events.add(note.reason());
    told.add(name + " " + note.reason());
  }

  /** The same account and cluster, found by a process that remembers nothing. */
  ModelOperator restarted() {
    return new ModelOperator(api, cluster, SampleSettings.defaults());
  }

  /** The informer tells that the resource left the cluster. */
  void gone(ComputeInstance resource) {
    known.drop(resource);
    rooms.wakeups().onResourceDeleted(resource);
  }

  private void sleep(Duration pause) {
    advance(pause);
    List<Runnable> due = List.copyOf(whileAsleep);
    whileAsleep.clear();
    due.forEach(Runnable::run);
  }

  /** What happens elsewhere while the next write is waited with. */
  void whileAsleep(Runnable event) {
    whileAsleep.add(event);
  }

  void advance(Duration time) {
    clock.advance(time);
    api.advance(time);
  }

  /** Time passes, and what is late is tried again whenever it is due. */
  void tryLate(int times) {
    for (int i = 0; i < times; i++) {
      advance(Duration.ofMinutes(1));
      rooms.late().tryDue();
    }
  }

  /** From now on the list is read only by those who need it. */
  void stopPolling() {
    polls = false;
  }

  /** Reads the list, as the poller would. */
  void poll() {
    try {
      rooms.inventory().read();
    } catch (ComputeApiException e) {
      // Kept by the inventory.
    }
  }

  /** One pass over that resource as the informer has it; when to look again. */
  Optional<Duration> pass(String name) {
    Optional<ComputeInstance> cached = cluster.cached(name);
    if (cached.isEmpty()) {
      return Optional.empty();
    }
    known.correct(cached.get());
    rooms.late().tryDue();
    return reconciler.pass(new Pass(cluster, cached.get()));
  }

  /** Passes, each when the one before said, until none is due or its status is like that. */
  ComputeInstanceStatus run(String name, Predicate<ComputeInstanceStatus> end) {
    for (int passes = 0; passes < 100; passes++) {
      if (polls) {
        poll();
      }
      Optional<Duration> next = pass(name);
      if (!cluster.exists(name) || end.test(cluster.status(name))) {
        break;
      }
      if (next.isEmpty()) {
        break;
      }
      advance(next.get());
    }
    return cluster.exists(name) ? cluster.status(name) : ComputeInstanceStatus.NONE;
  }

  /** Passes until nothing more is to be done. */
  ComputeInstanceStatus rest(String name) {
    return run(name, status -> false);
  }

  /** A resource whose instance runs as asked. */
  ComputeInstanceStatus running(Wish wish) {
    cluster.apply(wish);
    run(wish.name(), status -> status.instanceId() != null);
    api.move(
        cluster.status(wish.name()).instanceId(),
        com.threatwinds.compute.operator.compute.InstanceState.RUNNING);
    return rest(wish.name());
  }

  String reason(String name) {
    return reason(cluster.status(name));
  }

  static String reason(ComputeInstanceStatus status) {
    return status.condition(ConditionType.READY).map(Condition::getReason).orElse("-");
  }
}
