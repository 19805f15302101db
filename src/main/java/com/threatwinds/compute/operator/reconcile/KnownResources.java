package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.compute.InstanceId;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
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

  private final Map<String, Set<String>> byInstance = new ConcurrentHashMap<>();

  /** A store for one informer. */
  ItemStore<ComputeInstance> shelf() {
    Shelf shelf = new Shelf();
    shelves.add(shelf);
    return shelf;
  }

  Stream<ComputeInstance> all() {
    return Stream.concat(
        shelves.stream().flatMap(Shelf::values), List.copyOf(strangers.values()).stream());
  }

  Optional<ComputeInstance> find(String key) {
    for (Shelf shelf : shelves) {
      ComputeInstance found = shelf.items.get(key);
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.ofNullable(strangers.get(key));
  }

  @Override
  public List<ComputeInstance> resourcesOf(InstanceId id) {
    return byInstance.getOrDefault(id.value(), Set.of()).stream()
        .flatMap(key -> find(key).stream())
        .toList();
  }

  @Override
  public boolean isAnyCreateOpen() {
    return all().anyMatch(Pass::hasOpenCreate);
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
  synchronized void drop(ComputeInstance gone) {
    String key = keyOf(gone);
    shelves.forEach(shelf -> shelf.remove(key));
    index(key, strangers.remove(key), null);
  }

  private void index(
      String key, @Nullable ComputeInstance before, @Nullable ComputeInstance after) {
    List<String> old = before == null ? List.of() : instancesOf(before);
    List<String> now = after == null ? List.of() : instancesOf(after);
    old.stream()
        .filter(id -> !now.contains(id))
        .forEach(id -> byInstance.compute(id, without(key)));
    now.forEach(id -> byInstance.compute(id, with(key)));
  }

  private static BiFunction<String, @Nullable Set<String>, @Nullable Set<String>> with(String key) {
    return (id, keys) -> {
      Set<String> more = keys == null ? ConcurrentHashMap.newKeySet() : keys;
      more.add(key);
      return more;
    };
  }

  private static BiFunction<String, @Nullable Set<String>, @Nullable Set<String>> without(
      String key) {
    return (id, keys) -> {
      if (keys == null) {
        return null;
      }
      keys.remove(key);
      return keys.isEmpty() ? null : keys;
    };
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
   */
  private final class Shelf implements ItemStore<ComputeInstance> {

    private final Map<String, ComputeInstance> items = new ConcurrentHashMap<>();

    @Override
    public String getKey(ComputeInstance resource) {
      return keyOf(resource);
    }

    @Override
    public @Nullable ComputeInstance put(String key, ComputeInstance resource) {
      synchronized (KnownResources.this) {
        ComputeInstance stranger = strangers.remove(key);
        ComputeInstance kept = items.put(key, resource);
        ComputeInstance before = kept == null ? stranger : kept;
        index(key, before, resource);
        return before;
      }
    }

    @Override
    public @Nullable ComputeInstance remove(String key) {
      synchronized (KnownResources.this) {
        ComputeInstance before = items.remove(key);
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
      return items.values().stream();
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
