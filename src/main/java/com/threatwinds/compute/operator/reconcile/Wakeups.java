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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Wakes resources for what Kubernetes can't see: an instance that changed, a turn that came, an API
 * that answers again. A resource that waits holds no thread; this is what it waits for.
 *
 * <p>Thousands that are woken at once are handed on as there is room for their passes.
 */
final class Wakeups extends AbstractEventSource<ComputeInstance, ComputeInstance>
    implements Inventory.Listener, Resync.Listener, ResourceEventAware<ComputeInstance> {

  /** How a resource is woken: only if the framework knows of it, or whether it does or not. */
  private enum How {
    IF_MET,
    EVEN_IF_NEW
  }

  private final Bindings bindings;
  private final Function<ResourceID, Optional<ComputeInstance>> known;
  private final Consumer<ComputeInstance> released;
  private final BooleanSupplier room;
  private final Set<ResourceID> waitingForApi = ConcurrentHashMap.newKeySet();

  /** In the order in which they were woken; itself its lock. */
  private final LinkedHashMap<ResourceID, How> woken = new LinkedHashMap<>();

  private final AtomicInteger asked = new AtomicInteger();

  /**
   * @param known the resource of a name; empty if there is none
   * @param released told of every resource that others let go
   * @param room whether one more pass may be asked for; when there is some again, {@link #handOn}
   */
  Wakeups(
      Bindings bindings,
      Function<ResourceID, Optional<ComputeInstance>> known,
      Consumer<ComputeInstance> released,
      BooleanSupplier room) {
    super(ComputeInstance.class, "wakeups");
    this.bindings = bindings;
    this.known = known;
    this.released = released;
    this.room = room;
  }

  @Override
  public void wake(ResourceID resource) {
    wake(resource, How.IF_MET);
  }

  /** The resource is to be looked at, whether the framework knows of it or not. */
  @Override
  public void found(ResourceID resource) {
    wake(resource, How.EVEN_IF_NEW);
  }

  private void wake(ResourceID resource, How how) {
    if (!isRunning()) {
      return;
    }
    synchronized (woken) {
      woken.merge(resource, how, (one, other) -> one == How.IF_MET ? other : one);
    }
    handOn();
  }

  /**
   * Hands on who was woken, for as long as there is room. One thread does it for all that ask
   * meanwhile: a pass that ends has better things to do than to queue up for the framework's lock.
   */
  void handOn() {
    if (asked.getAndIncrement() > 0) {
      return;
    }
    int answered;
    do {
      answered = asked.get();
      try {
        handOnWhileRoom();
      } catch (RuntimeException | Error e) {
        asked.set(0); // Else nobody would ever be handed on again.
        throw e;
      }
    } while (asked.addAndGet(-answered) > 0);
  }

  private void handOnWhileRoom() {
    while (isRunning() && room.getAsBoolean()) {
      Map.@Nullable Entry<ResourceID, How> next;
      synchronized (woken) {
        next = woken.pollFirstEntry();
      }
      if (next == null) {
        return;
      }
      ResourceID id = next.getKey();
      switch (next.getValue()) {
        case IF_MET -> getEventHandler().handleEvent(new Event(id));
        case EVEN_IF_NEW ->
            known
                .apply(id)
                .map(resource -> new ResourceEvent(ResourceAction.UPDATED, id, resource))
                .ifPresent(getEventHandler()::handleEvent);
      }
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
    Set<ResourceID> concerned = new HashSet<>();
    for (InstanceId id : instances) {
      concerned.addAll(bindings.namesOf(id));
    }
    concerned.forEach(this::wake);
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
      released.accept(now);
    }
  }

  @Override
  public void onResourceDeleted(ComputeInstance resource) {
    waitingForApi.remove(ResourceID.fromResource(resource));
  }

  @Override
  public Set<ComputeInstance> getSecondaryResources(ComputeInstance primary) {
    return Set.of();
  }
}
