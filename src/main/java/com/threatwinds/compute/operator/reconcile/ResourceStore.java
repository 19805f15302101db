package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import java.util.List;
import java.util.Optional;

/**
 * The port to our resources: live reads, and writes that rest on exactly the version that was read,
 * so that one resting on an old read is refused.
 *
 * <p>Every method throws {@link io.fabric8.kubernetes.client.KubernetesClientException} when the
 * Kubernetes API gave no answer; after a write it is then not known whether it was written.
 */
interface ResourceStore {

  /** The resource as it is now; empty if it is gone or another of the same name. */
  Optional<ComputeInstance> live(ComputeInstance resource);

  /** All resources that the operator may see, live and whole. */
  List<ComputeInstance> all();

  /** Whether our resource definition is being deleted, or gone. */
  boolean isDefinitionGoing();

  /**
   * Writes a status that must rest on exactly this resource.
   *
   * @return the resource as written; empty if it changed meanwhile, or is gone
   */
  Optional<ComputeInstance> writeStatus(ComputeInstance resource, ComputeInstanceStatus status);

  /** Puts the copy of the binding into the annotation; false if the resource changed meanwhile. */
  boolean annotate(ComputeInstance resource, String instanceId);

  /** Adds our finalizer; false if the resource changed meanwhile. */
  boolean hold(ComputeInstance resource);

  /** Removes our finalizer; false if the resource changed meanwhile. */
  boolean release(ComputeInstance resource);
}
