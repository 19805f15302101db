package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which updates of a resource are worth a pass: its spec, our annotations, its deletion, its
 * finalizers, and a status that somebody else wrote. Not what others keep in its metadata.
 */
public final class OwnChanges implements OnUpdateFilter<ComputeInstance> {

  private static final List<String> OURS =
      List.of(
          Annotations.PAUSED,
          Annotations.RESTART_REQUESTED,
          Annotations.RESET_REQUESTED,
          Annotations.INSTANCE_ID,
          Annotations.RESOLVE_CREATE);

  @Override
  public boolean accept(ComputeInstance now, ComputeInstance before) {
    var meta = now.getMetadata();
    var old = before.getMetadata();
    return !Objects.equals(meta.getUid(), old.getUid())
        || !Objects.equals(meta.getGeneration(), old.getGeneration())
        || !Objects.equals(now.getSpec(), before.getSpec())
        || !Objects.equals(meta.getDeletionTimestamp(), old.getDeletionTimestamp())
        || !Objects.equals(meta.getFinalizers(), old.getFinalizers())
        || !ours(meta.getAnnotations()).equals(ours(old.getAnnotations()))
        || !Objects.equals(now.getStatus(), before.getStatus());
  }

  private static List<String> ours(@org.jspecify.annotations.Nullable Map<String, String> all) {
    return all == null
        ? OURS.stream().map(key -> "").toList()
        : OURS.stream().map(key -> all.getOrDefault(key, "")).toList();
  }
}
