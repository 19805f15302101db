package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.compute.InstanceId;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;

/** Which resource holds which instance, as the informer knows it: quick, and maybe old. */
interface Bindings {

  /** The resources that are bound to that instance, or ask to take it over. */
  List<ComputeInstance> resourcesOf(InstanceId id);

  /** Whether any resource has an open create. */
  boolean isAnyCreateOpen();

  /** Whether there is any. */
  default boolean isClaimed(InstanceId id) {
    return !namesOf(id).isEmpty();
  }

  /** Only their names, which costs less. */
  default List<ResourceID> namesOf(InstanceId id) {
    return resourcesOf(id).stream().map(ResourceID::fromResource).toList();
  }
}
