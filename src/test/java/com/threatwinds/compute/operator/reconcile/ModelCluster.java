package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.InstanceId;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The Kubernetes API and its informer in memory: resources with versions, writes that conflict, and
 * answers that are lost. Resources in it are never changed, only replaced.
 */
final class ModelCluster implements ResourceStore {

  private static final int NO_ANSWER = 0;

  private final Map<String, ComputeInstance> stored = new TreeMap<>();
  private final Map<String, Wish> wishes = new HashMap<>();
  private final Cache cache = new Cache();
  private final List<String> writes = new ArrayList<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final Deque<Runnable> beforeStatus = new ArrayDeque<>();
  private final Deque<Runnable> beforeWrite = new ArrayDeque<>();
  private final Deque<Runnable> afterWrite = new ArrayDeque<>();
  private final Map<String, Integer> incarnations = new HashMap<>();
  private Witness witness = new Witness() {};
  private boolean definitionGoing;
  private boolean reachable = true;
  private boolean unlistable;
  private long version = 1;

  private enum Fault {
    /** The write is refused as resting on an old version. */
    CONFLICT,
    /** Written, but nobody is told. */
    LOST_ANSWER,
    /** Written, but nobody is told, and nothing answers from then on. */
    LOST_AND_OUT,
    /** Not written, and nobody is told. */
    LOST_WRITE,
    /** Never to be accepted. */
    INVALID
  }

  /** Who is told of every version of a resource, and of what became of our writes. */
  interface Witness {
    default void stored(ComputeInstance version) {}

    default void gone(ComputeInstance last) {}

    default void answered(String write, String answer) {}
  }

  // -- what users and others do

  void apply(Wish wish) {
    ComputeInstance before = stored.get(wish.name());
    ComputeInstance after = wish.resource(null);
    String copy = before == null ? null : annotation(before, Annotations.INSTANCE_ID);
    if (copy != null) {
      Map<String, String> kept = new TreeMap<>(after.getMetadata().getAnnotations());
      kept.putIfAbsent(Annotations.INSTANCE_ID, copy);
      after.getMetadata().setAnnotations(kept);
    }
    wishes.put(wish.name(), wish);
    apply(after);
  }

  /** As somebody wrote it, sensible or not, and nothing else; what is not theirs to write stays. */
  void apply(ComputeInstance after) {
    String name = after.getMetadata().getName();
    ComputeInstance before = stored.get(name);
    if (before == null) {
      int times = incarnations.merge(name, 1, Integer::sum);
      after.getMetadata().setUid(after.getMetadata().getUid() + (times == 1 ? "" : "-" + times));
    } else {
      after.setStatus(before.getStatus());
      after.getMetadata().setFinalizers(before.getMetadata().getFinalizers());
      boolean sameSpec = Objects.equals(after.getSpec(), before.getSpec());
      after.getMetadata().setGeneration(before.getMetadata().getGeneration() + (sameSpec ? 0 : 1));
      after.getMetadata().setUid(before.getMetadata().getUid());
    }
    settle(after);
  }

  /** Stores it, unless nothing holds it any more. */
  private ComputeInstance settle(ComputeInstance after) {
    if (after.isMarkedForDeletion() && after.getMetadata().getFinalizers().isEmpty()) {
      remove(after.getMetadata().getName());
      return after;
    }
    return store(after);
  }

  void edit(String name, UnaryOperator<Wish> change) {
    apply(change.apply(wishes.get(name)));
  }

  void delete(String name) {
    edit(name, Wish::deleted);
  }

  /** Gone at once, finalizer or not. */
  void remove(String name) {
    ComputeInstance last = stored.remove(name);
    if (last != null) {
      witness.gone(last);
    }
  }

  /** Somebody else writes the status. */
  void writeBehindOurBack(String name, UnaryOperator<ComputeInstanceStatus> change) {
    ComputeInstance now = stored.get(name);
    store(Resources.copyOf(now, change.apply(Pass.statusOf(now))));
  }

  /** Somebody takes our finalizer away. */
  void strip(String name) {
    ComputeInstance now = stored.get(name);
    ComputeInstance copy = Resources.copyOf(now, now.getStatus());
    copy.getMetadata().setFinalizers(List.of());
    settle(copy);
  }

  boolean isHeld(String name) {
    return stored.get(name).hasFinalizer(ComputeInstance.FINALIZER);
  }

  /** Somebody else changes what is none of our business. */
  void touch(String name) {
    ComputeInstance now = stored.get(name);
    store(Resources.copyOf(now, now.getStatus()));
  }

  // -- what goes wrong

  void conflictNext() {
    faults.add(Fault.CONFLICT);
  }

  void loseNextAnswer() {
    faults.add(Fault.LOST_ANSWER);
  }

  void goOutAfterNextWrite() {
    faults.add(Fault.LOST_AND_OUT);
  }

  void loseNextWrite() {
    faults.add(Fault.LOST_WRITE);
  }

  void refuseNext() {
    faults.add(Fault.INVALID);
  }

  /** What was to go wrong and has not will not, and what did is over. */
  void forgive() {
    faults.clear();
    beforeStatus.clear();
    beforeWrite.clear();
    afterWrite.clear();
    reachable = true;
    thawCache();
  }

  void reachable(boolean value) {
    reachable = value;
  }

  /** Lists get no answer. */
  void unlistable(boolean value) {
    unlistable = value;
  }

  void uninstall() {
    definitionGoing = true;
  }

  /** What happens elsewhere just before the next write of a status. */
  void beforeNextStatus(Runnable event) {
    beforeStatus.add(event);
  }

  /** What happens elsewhere just before the next write of anything. */
  void beforeNextWrite(Runnable event) {
    beforeWrite.add(event);
  }

  /** What happens elsewhere once the next write is committed, and before its answer. */
  void afterNextWrite(Runnable event) {
    afterWrite.add(event);
  }

  void witness(Witness listener) {
    witness = listener;
  }

  /** The informer sees nothing new until it is thawed. */
  void freezeCache() {
    cache.frozen = Map.copyOf(stored);
  }

  void thawCache() {
    cache.frozen = null;
  }

  boolean isCacheFrozen() {
    return cache.frozen != null;
  }

  // -- what a test looks at

  ComputeInstanceStatus status(String name) {
    return Pass.statusOf(stored.get(name));
  }

  boolean exists(String name) {
    return stored.containsKey(name);
  }

  String annotation(String name, String key) {
    return String.valueOf(annotation(stored.get(name), key));
  }

  ComputeInstance stored(String name) {
    return stored.get(name);
  }

  Wish wish(String name) {
    return wishes.get(name);
  }

  List<String> names() {
    return List.copyOf(stored.keySet());
  }

  /** The writes that were committed, such as {@code status web}. */
  List<String> writes() {
    return List.copyOf(writes);
  }

  Bindings cache() {
    return cache;
  }

  Optional<ComputeInstance> cached(String name) {
    return Optional.ofNullable(cache.seen().get(name));
  }

  private static @org.jspecify.annotations.Nullable String annotation(
      ComputeInstance resource, String key) {
    var annotations = resource.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(key);
  }

  // -- the port

  @Override
  public Optional<ComputeInstance> live(ComputeInstance resource) {
    requireReachable();
    return Optional.ofNullable(stored.get(resource.getMetadata().getName()))
        .filter(l -> l.getMetadata().getUid().equals(resource.getMetadata().getUid()));
  }

  @Override
  public List<ComputeInstance> all() {
    requireReachable();
    if (unlistable) {
      throw new KubernetesClientException("timeout", NO_ANSWER, null);
    }
    return List.copyOf(stored.values());
  }

  @Override
  public boolean isDefinitionGoing() {
    requireReachable();
    return definitionGoing;
  }

  @Override
  public Optional<ComputeInstance> writeStatus(
      ComputeInstance resource, ComputeInstanceStatus status) {
    Runnable event = beforeStatus.poll();
    if (event != null) {
      event.run();
    }
    return write(resource, "status", live -> Resources.copyOf(live, status));
  }

  @Override
  public boolean annotate(ComputeInstance resource, String instanceId) {
    return write(
            resource,
            "annotation",
            live -> {
              ComputeInstance copy = Resources.copyOf(live, live.getStatus());
              Map<String, String> annotations =
                  new TreeMap<>(
                      Optional.ofNullable(live.getMetadata().getAnnotations()).orElse(Map.of()));
              annotations.put(Annotations.INSTANCE_ID, instanceId);
              copy.getMetadata().setAnnotations(annotations);
              return copy;
            })
        .isPresent();
  }

  @Override
  public boolean hold(ComputeInstance resource) {
    return write(
            resource,
            "hold",
            live -> {
              ComputeInstance copy = Resources.copyOf(live, live.getStatus());
              copy.getMetadata().setFinalizers(List.of(ComputeInstance.FINALIZER));
              return copy;
            })
        .isPresent();
  }

  @Override
  public boolean release(ComputeInstance resource) {
    return write(
            resource,
            "release",
            live -> {
              ComputeInstance copy = Resources.copyOf(live, live.getStatus());
              copy.getMetadata().setFinalizers(List.of());
              return copy;
            })
        .isPresent();
  }

  private Optional<ComputeInstance> write(
      ComputeInstance onto, String what, UnaryOperator<ComputeInstance> change) {
    String name = onto.getMetadata().getName();
    String write = what + " " + name;
    run(beforeWrite.poll());
    Fault fault = reachable ? faults.poll() : Fault.LOST_WRITE;
    if (fault == Fault.LOST_WRITE) {
      witness.answered(write, "none, and not written");
      throw new KubernetesClientException("timeout", NO_ANSWER, null);
    }
    if (fault == Fault.INVALID) {
      witness.answered(write, "422");
      throw new KubernetesClientException("invalid", 422, null);
    }
    ComputeInstance now = stored.get(name);
    boolean same =
        now != null
            && now.getMetadata().getUid().equals(onto.getMetadata().getUid())
            && now.getMetadata()
                .getResourceVersion()
                .equals(onto.getMetadata().getResourceVersion());
    if (!same || fault == Fault.CONFLICT) {
      witness.answered(write, "409");
      return Optional.empty();
    }
    writes.add(write);
    ComputeInstance after = settle(change.apply(now));
    boolean lost = fault == Fault.LOST_ANSWER || fault == Fault.LOST_AND_OUT;
    reachable = fault != Fault.LOST_AND_OUT;
    witness.answered(write, lost ? "none, but written" : "ok");
    run(afterWrite.poll());
    if (lost) {
      throw new KubernetesClientException("connection reset", NO_ANSWER, null);
    }
    return Optional.of(after);
  }

  private static void run(@org.jspecify.annotations.Nullable Runnable event) {
    if (event != null) {
      event.run();
    }
  }

  private void requireReachable() {
    if (!reachable) {
      throw new KubernetesClientException("connection refused", NO_ANSWER, null);
    }
  }

  private ComputeInstance store(ComputeInstance resource) {
    ComputeInstance versioned = Resources.copyOf(resource, resource.getStatus());
    versioned.setMetadata(
        new ObjectMetaBuilder(resource.getMetadata())
            .withResourceVersion(String.valueOf(++version))
            .build());
    stored.put(resource.getMetadata().getName(), versioned);
    witness.stored(versioned);
    return versioned;
  }

  /** The informer's cache. */
  private final class Cache implements Bindings {

    private @org.jspecify.annotations.Nullable Map<String, ComputeInstance> frozen;

    private Map<String, ComputeInstance> seen() {
      return frozen == null ? stored : frozen;
    }

    @Override
    public List<ComputeInstance> resourcesOf(InstanceId id) {
      return seen().values().stream()
          .filter(resource -> KnownResources.instancesOf(resource).contains(id.value()))
          .toList();
    }

    @Override
    public boolean isAnyCreateOpen() {
      return seen().values().stream().anyMatch(Pass::hasOpenCreate);
    }
  }
}
