package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.decision.Desired;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One pass over one resource: the resource as it was read for the decision, and as it is after what
 * the pass wrote itself.
 */
final class Pass {

  private final ResourceStore store;
  private ComputeInstance resource;
  private ComputeInstanceStatus announced;

  Pass(ResourceStore store, ComputeInstance resource) {
    this.store = store;
    this.resource = resource;
    this.announced = statusOf(resource);
  }

  static ComputeInstanceStatus statusOf(ComputeInstance resource) {
    return Objects.requireNonNullElse(resource.getStatus(), ComputeInstanceStatus.NONE);
  }

  /**
   * The instance that a resource is bound to. Where the binding itself can't be read, the copy
   * counts: it is put back whenever it is missing.
   */
  static Optional<InstanceId> bindingOf(ComputeInstance resource) {
    ComputeInstanceStatus status = statusOf(resource);
    Map<String, String> annotations = resource.getMetadata().getAnnotations();
    String copy = annotations == null ? null : annotations.get(Annotations.INSTANCE_ID);
    return InstanceId.parse(status.hidesBinding() ? copy : status.instanceId());
  }

  /** Whether a create was announced whose instance is not bound. */
  static boolean hasOpenCreate(ComputeInstance resource) {
    ComputeInstanceStatus status = statusOf(resource);
    return status.create() != null && status.instanceId() == null;
  }

  /** Where the resource, and all others, are read and written. */
  ResourceStore store() {
    return store;
  }

  /** The resource as last read or written. */
  ComputeInstance resource() {
    return resource;
  }

  Desired desired() {
    return Desired.of(resource);
  }

  /** What the resource records, what this pass announced included. */
  ComputeInstanceStatus announced() {
    return announced;
  }

  /** This pass wrote the resource. */
  void wrote(ComputeInstance written) {
    resource = written;
    announced = statusOf(written);
  }

  /** Whether the resource can't go before we let it. */
  boolean isHeld() {
    return resource.isMarkedForDeletion()
        || (resource.getMetadata().getFinalizers() != null
            && resource.getMetadata().getFinalizers().contains(ComputeInstance.FINALIZER));
  }

  Key key() {
    return new Key(resource.getMetadata().getNamespace(), resource.getMetadata().getName());
  }

  String uid() {
    return resource.getMetadata().getUid();
  }

  String namespace() {
    return resource.getMetadata().getNamespace();
  }

  /** When the resource was asked for, which is its place in every queue. */
  Instant askedAt() {
    String created = resource.getMetadata().getCreationTimestamp();
    return created == null ? Instant.EPOCH : Instant.parse(created);
  }

  /** Names a resource; ordered, for queues. */
  record Key(String namespace, String name) implements Comparable<Key> {
    static Key of(ResourceID id) {
      return new Key(id.getNamespace().orElse(""), id.getName());
    }

    ResourceID id() {
      return new ResourceID(name, namespace);
    }

    @Override
    public int compareTo(Key other) {
      int byNamespace = namespace.compareTo(other.namespace);
      return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }
  }
}
