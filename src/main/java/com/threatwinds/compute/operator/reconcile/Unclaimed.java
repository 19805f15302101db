package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.inventory.Inventory;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Instances of the account that no resource is bound to or asks for: a leak, or somebody else's.
 * They are shown and never touched.
 */
final class Unclaimed {

  private final Bindings bindings;
  private final Inventory inventory;

  Unclaimed(Bindings bindings, Inventory inventory) {
    this.bindings = bindings;
    this.inventory = inventory;
  }

  /** Those of the last list; what an open create made is among them until it is bound. */
  Stream<InstanceId> now() {
    Set<InstanceId> unlisted = inventory.unlisted();
    return inventory.listing().stream()
        .map(Listing::instances)
        .flatMap(listed -> listed.keySet().stream())
        .filter(id -> !bindings.isClaimed(id) && !unlisted.contains(id));
  }
}
