package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.InstanceId;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The resources as last heard of: what the informers keep, found by name and by instance.
 *
 * <p>Ours and not the informer's own, so that {@link Resync} can mend what a watch missed, and so
 * that each namespace's informer has a shelf of its own: the framework gives one store to all, and
 * each would clear away what the others keep.
 */
final class KnownResources implements Bindings {

  private final List<Shelf> shelves = new CopyOnWriteArrayList<>();

  /** Those that no informer was told of. */
  private final Map<String, ComputeInstance> strangers = new ConcurrentHashMap<>();

  /** Mostly one resource for each instance. */
  private final Map<String, List<String>> byInstance = new ConcurrentHashMap<>();

  private final Set<String> openCreates = ConcurrentHashMap.newKeySet();
  private final Packing packing = new Packing();
  private volatile Consumer<ComputeInstance> gone = resource -> {};
  private volatile boolean telling;
  private final Tally tally = new Tally();

  /** A store for one informer. */
  ItemStore<ComputeInstance> shelf() {
    Shelf shelf = new Shelf();
    shelves.add(shelf);
    return shelf;
  }

  /** From now on told of each resource that left the cluster, as last known. */
  void whenGone(Consumer<ComputeInstance> listener) {
    gone = listener;
  }

  /**
   * From now on the informers tell of what is new here. At their start nobody could listen: each
   * resource of their first list would wait unpacked, for as long as that takes.
   */
  void startTelling() {
    telling = true;
  }

  /** All of them, each read when it is reached: thousands at once are many megabytes. */
  Stream<ComputeInstance> all() {
    return Stream.concat(
        shelves.stream().flatMap(Shelf::resources), List.copyOf(strangers.values()).stream());
  }

  /** The names of all of them. */
  Set<String> keys() {
    return Stream.concat(
            shelves.stream().flatMap(Shelf::keySet), List.copyOf(strangers.keySet()).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The same, as the framework calls them. */
  Stream<ResourceID> names() {
    return keys().stream().map(KnownResources::nameOf);
  }

  /** The templates that any of them names, or named when it was accepted. */
  Set<String> templateIds() {
    return all()
        .flatMap(
            resource ->
                Stream.of(
                    Optional.ofNullable(resource.getSpec()).map(ComputeInstanceSpec::templateId),
                    Optional.ofNullable(Pass.statusOf(resource).accepted())
                        .map(ComputeInstanceStatus.Accepted::templateId)))
        .flatMap(Optional::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  Optional<ComputeInstance> find(String key) {
    for (Shelf shelf : shelves) {
      Packing.Kept found = shelf.items.get(key);
      if (found != null) {
        return Optional.of(packing.read(found));
      }
    }
    return Optional.ofNullable(strangers.get(key));
  }

  @Override
  public List<ComputeInstance> resourcesOf(InstanceId id) {
    return byInstance.getOrDefault(id.value(), List.of()).stream()
        .flatMap(key -> find(key).stream())
        .toList();
  }

  @Override
  public List<ResourceID> namesOf(InstanceId id) {
    return byInstance.getOrDefault(id.value(), List.of()).stream()
        .map(KnownResources::nameOf)
        .toList();
  }

  @Override
  public boolean isClaimed(InstanceId id) {
    return byInstance.containsKey(id.value());
  }

  /** A resource of which nothing is told but its name. */
  private static ComputeInstance named(String key) {
    ResourceID id = nameOf(key);
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(id.getNamespace().orElse(null))
            .withName(id.getName())
            .withUid("")
            .withResourceVersion("0") // The framework compares it.
            .build());
    return resource;
  }

  private static ResourceID nameOf(String key) {
    int slash = key.indexOf('/');
    return new ResourceID(key.substring(slash + 1), key.substring(0, slash));
  }

  @Override
  public boolean isAnyCreateOpen() {
    return !openCreates.isEmpty();
  }

  /** How many creates are open. */
  int openCreates() {
    return openCreates.size();
  }

  /** How many there are, by where they stand. */
  Tally tally() {
    return tally;
  }

  /** The newer of that resource and what is known of its name. */
  ComputeInstance newest(ComputeInstance resource) {
    return find(keyOf(resource))
        .filter(known -> isNewer(known, resource.getMetadata().getResourceVersion()))
        .orElse(resource);
  }

  /** Versions are numbers that grow, as the API server promises since 1.35 and did before. */
  static boolean isNewer(ComputeInstance resource, String version) {
    try {
      return new BigInteger(resource.getMetadata().getResourceVersion())
              .compareTo(new BigInteger(version))
          > 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** That resource is as a list shows it, whatever an informer was told. */
  synchronized void correct(ComputeInstance listed) {
    String key = keyOf(listed);
    for (Shelf shelf : shelves) {
      if (shelf.items.containsKey(key)) {
        shelf.put(key, listed);
        return;
      }
    }
    index(key, strangers.put(key, listed), listed);
  }

  /** That resource is gone, whatever an informer was told. */
  void drop(ComputeInstance resource) {
    String key = keyOf(resource);
    shelves.forEach(shelf -> shelf.take(key));
    synchronized (this) {
      index(key, strangers.remove(key), null);
    }
    gone.accept(resource);
  }

  private void index(
      String key, @Nullable ComputeInstance before, @Nullable ComputeInstance after) {
    tally.moved(before, after);
    List<String> old = before == null ? List.of() : instancesOf(before);
    List<String> now = after == null ? List.of() : instancesOf(after);
    old.stream()
        .filter(id -> !now.contains(id))
        .forEach(id -> byInstance.computeIfPresent(id, (i, keys) -> without(key, keys)));
    now.forEach(id -> byInstance.merge(id, List.of(key), KnownResources::union));
    if (after != null && Pass.hasOpenCreate(after)) {
      openCreates.add(key);
    } else if (before != null) {
      openCreates.remove(key);
    }
  }

  private static List<String> union(List<String> keys, List<String> more) {
    return keys.containsAll(more)
        ? keys
        : Stream.concat(keys.stream(), more.stream()).distinct().toList();
  }

  private static @Nullable List<String> without(String key, List<String> keys) {
    List<String> others = keys.stream().filter(k -> !k.equals(key)).toList();
    return others.isEmpty() ? null : others;
  }

  static String keyOf(ResourceID id) {
    return Cache.namespaceKeyFunc(id.getNamespace().orElse(null), id.getName());
  }

  static String keyOf(ComputeInstance resource) {
    return Cache.metaNamespaceKeyFunc(resource);
  }

  /** The instance that a resource is bound to, or asks to take over. */
  static List<String> instancesOf(ComputeInstance resource) {
    String bound = Pass.statusOf(resource).instanceId();
    if (bound != null) {
      return List.of(bound);
    }
    List<String> claims = new ArrayList<>();
    if (resource.getSpec() != null && resource.getSpec().instanceId() != null) {
      claims.add(resource.getSpec().instanceId());
    }
    var annotations = resource.getMetadata().getAnnotations();
    String annotated = annotations == null ? null : annotations.get(Annotations.INSTANCE_ID);
    if (annotated != null) {
      claims.add(annotated);
    }
    return claims;
  }

  /**
   * What one informer keeps. A look by name finds what no informer keeps, too, so that the
   * framework sees it.
   *
   * <p>The informer asks for all values to compare their keys with those of a list, and would have
   * thousands unpacked at once: it is given resources with nothing but a name.
   */
  private final class Shelf implements ItemStore<ComputeInstance> {

    private final Map<String, Packing.Kept> items = new ConcurrentHashMap<>();

    @Override
    public String getKey(ComputeInstance resource) {
      return keyOf(resource);
    }

    /** What was there before, or the resource itself, of which the informer then tells nobody. */
    @Override
    public @Nullable ComputeInstance put(String key, ComputeInstance resource) {
      ComputeInstance before = replace(key, resource);
      return telling ? before : resource;
    }

    private @Nullable ComputeInstance replace(String key, ComputeInstance resource) {
      synchronized (KnownResources.this) {
        ComputeInstance stranger = strangers.remove(key);
        Packing.Kept kept = items.put(key, packing.keep(resource));
        ComputeInstance before = kept == null ? stranger : packing.read(kept);
        index(key, before, resource);
        return before;
      }
    }

    @Override
    public @Nullable ComputeInstance remove(String key) {
      ComputeInstance before = take(key);
      if (before != null) {
        gone.accept(before);
      }
      return before;
    }

    private @Nullable ComputeInstance take(String key) {
      synchronized (KnownResources.this) {
        Packing.Kept kept = items.remove(key);
        ComputeInstance before = kept == null ? null : packing.read(kept);
        index(key, before, null);
        return before;
      }
    }

    @Override
    public Stream<String> keySet() {
      return items.keySet().stream();
    }

    @Override
    public Stream<ComputeInstance> values() {
      return items.keySet().stream().map(KnownResources::named);
    }

    private Stream<ComputeInstance> resources() {
      return items.values().stream().map(packing::read);
    }

    /** Nothing is told of at the end of a list, for which it would be read again, all at once. */
    @Override
    public boolean isFullState() {
      return false;
    }

    @Override
    public int size() {
      return items.size();
    }

    @Override
    public @Nullable ComputeInstance get(String key) {
      return find(key).orElse(null);
    }
  }
}
