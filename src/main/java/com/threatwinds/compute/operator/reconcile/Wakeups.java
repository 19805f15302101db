package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.inventory.Inventory;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceDeleteEvent;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Wakes resources for what Kubernetes can't see: an instance that changed, a turn that came, an API
 * that answers again. A resource that waits holds no thread; this is what it waits for.
 */
final class Wakeups extends AbstractEventSource<ComputeInstance, ComputeInstance>
    implements Inventory.Listener, Resync.Listener, ResourceEventAware<ComputeInstance> {

  private final Bindings bindings;
  private final Consumer<ComputeInstance> gone;
  private final Set<ResourceID> waitingForApi = ConcurrentHashMap.newKeySet();
  private Runnable started = () -> {};

  /**
   * @param gone told of every resource that left the cluster
   */
  Wakeups(Bindings bindings, Consumer<ComputeInstance> gone) {
    super(ComputeInstance.class, "wakeups");
    this.bindings = bindings;
    this.gone = gone;
  }

  /** Runs once the framework takes events. */
  void whenStarted(Runnable task) {
    started = task;
  }

  @Override
  public void start() {
    super.start();
    started.run();
  }

  @Override
  public void wake(ResourceID resource) {
    if (isRunning()) {
      getEventHandler().handleEvent(new Event(resource));
    }
  }

  /** The resource is to be looked at, whether the framework knows of it or not. */
  @Override
  public void found(ComputeInstance resource) {
    if (isRunning()) {
      getEventHandler()
          .handleEvent(
              new ResourceEvent(
                  ResourceAction.UPDATED, ResourceID.fromResource(resource), resource));
    }
  }

  @Override
  public void gone(ComputeInstance resource) {
    if (isRunning()) {
      getEventHandler()
          .handleEvent(
              new ResourceDeleteEvent(
                  ResourceAction.DELETED, ResourceID.fromResource(resource), resource, true));
    }
    onResourceDeleted(resource);
  }

  /** The resource can't go on before the API can be read; it is woken when that is so. */
  void awaitApi(ResourceID resource) {
    waitingForApi.add(resource);
  }

  @Override
  public void changed(Set<InstanceId> instances) {
    Set<ResourceID> woken = new HashSet<>();
    for (InstanceId id : instances) {
      woken.addAll(bindings.namesOf(id));
    }
    woken.forEach(this::wake);
  }

  @Override
  public void readable() {
    List<ResourceID> waiting = List.copyOf(waitingForApi);
    waitingForApi.removeAll(waiting);
    waiting.forEach(this::wake);
  }

  /** Let go by other hands than ours, it is none of our business any more. */
  @Override
  public void onResourceUpdated(ComputeInstance now, ComputeInstance before) {
    if (now.isMarkedForDeletion() && !now.hasFinalizer(ComputeInstance.FINALIZER)) {
      onResourceDeleted(now);
    }
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
