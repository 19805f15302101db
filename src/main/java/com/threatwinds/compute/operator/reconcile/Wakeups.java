package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.inventory.Inventory;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Wakes resources for what Kubernetes can't see: an instance that changed, a turn that came, an API
 * that answers again. A resource that waits holds no thread; this is what it waits for.
 */
final class Wakeups extends AbstractEventSource<ComputeInstance, ComputeInstance>
    implements Bindings, Inventory.Listener, ResourceEventAware<ComputeInstance> {

  private static final String BY_INSTANCE = "instance";

  private final IndexerResourceCache<ComputeInstance> resources;
  private final Consumer<ComputeInstance> gone;
  private @Nullable Inventory inventory;
  private @Nullable Leadership leadership;
  private final Set<ResourceID> waitingForApi = ConcurrentHashMap.newKeySet();

  /**
   * @param gone told of every resource that left the cluster
   */
  Wakeups(IndexerResourceCache<ComputeInstance> resources, Consumer<ComputeInstance> gone) {
    super(ComputeInstance.class, "wakeups");
    this.resources = resources;
    this.gone = gone;
    resources.addIndexer(BY_INSTANCE, Wakeups::instancesOf);
  }

  /** Reads the account's list from the start of the operator to its end, while it leads. */
  void drive(Inventory driven, Leadership leadership) {
    inventory = driven;
    this.leadership = leadership;
  }

  @Override
  public void start() {
    super.start();
    if (inventory != null && leadership != null) {
      leadership.whenHeld(inventory::start);
    }
  }

  @Override
  public void stop() {
    if (inventory != null) {
      inventory.close();
    }
    super.stop();
  }

  /** The instance that a resource is bound to, or asks to take over. */
  private static List<String> instancesOf(ComputeInstance resource) {
    List<String> ids = new ArrayList<>();
    String bound = Pass.statusOf(resource).instanceId();
    if (bound != null) {
      return List.of(bound);
    }
    if (resource.getSpec() != null && resource.getSpec().instanceId() != null) {
      ids.add(resource.getSpec().instanceId());
    }
    var annotations = resource.getMetadata().getAnnotations();
    String annotated = annotations == null ? null : annotations.get(Annotations.INSTANCE_ID);
    if (annotated != null) {
      ids.add(annotated);
    }
    return ids;
  }

  @Override
  public List<ComputeInstance> resourcesOf(InstanceId id) {
    return resources.byIndex(BY_INSTANCE, id.value());
  }

  void wake(ResourceID resource) {
    if (isRunning()) {
      getEventHandler().handleEvent(new Event(resource));
    }
  }

  /** The resource can't go on before the API can be read; it is woken when that is so. */
  void awaitApi(ResourceID resource) {
    waitingForApi.add(resource);
  }

  @Override
  public void changed(Set<InstanceId> instances) {
    Set<ResourceID> woken = new HashSet<>();
    for (InstanceId id : instances) {
      resourcesOf(id).forEach(resource -> woken.add(ResourceID.fromResource(resource)));
    }
    woken.forEach(this::wake);
  }

  @Override
  public void readable() {
    List<ResourceID> waiting = List.copyOf(waitingForApi);
    waitingForApi.removeAll(waiting);
    waiting.forEach(this::wake);
  }

  @Override
  public void onResourceDeleted(ComputeInstance resource) {
    waitingForApi.remove(ResourceID.fromResource(resource));
    gone.accept(resource);
  }

  @Override
  public Set<ComputeInstance> getSecondaryResources(ComputeInstance primary) {
    return Set.of();
  }
}
