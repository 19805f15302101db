package com.threatwinds.compute.operator.compute;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The account's instances as one {@code GET /instances} answered them. The list may lag behind (the
 * API's reference calls only a single GET "live"), so it notices and never proves.
 *
 * @param instances by id; of entries that share an id, the last
 * @param conclusive whether every entry could be read, no id came twice, and an empty answer was
 *     the API's own ({@code []}, {@code null}, or a 404 that carries {@code x-error}). Nothing may
 *     be concluded from what an inconclusive listing lacks.
 * @param credentials the credentials that it was read with
 */
public record Listing(
    Map<InstanceId, Instance> instances, boolean conclusive, Fingerprint credentials) {

  public Listing {
    instances = Map.copyOf(instances);
  }

  /** The instance of that id, if listed. */
  public Optional<Instance> find(InstanceId id) {
    return Optional.ofNullable(instances.get(id));
  }

  /** The same, made of these objects where they are equal, so that what stays is held once. */
  public Listing sharing(Map<InstanceId, Instance> others) {
    Map<InstanceId, Instance> shared = HashMap.newHashMap(instances.size());
    for (Instance instance : instances.values()) {
      Instance other = others.get(instance.id());
      Instance kept = instance.equals(other) ? other : instance;
      shared.put(kept.id(), kept);
    }
    return new Listing(shared, conclusive, credentials);
  }

  /** The accounts that the entries name; mostly one, none if there are no entries. */
  public Set<String> userIds() {
    return instances.values().stream()
        .map(Instance::userId)
        .filter(java.util.Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }
}
