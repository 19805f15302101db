package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One version of one resource in the API server of the search; never changed, only followed.
 *
 * @param life counts the resources that had this name, so that a restored one has another UID
 * @param asks names the restart or reset that the spec asks for; only the search knows it
 */
record SearchResource(
    String name,
    int life,
    int version,
    long generation,
    boolean deleting,
    boolean held,
    Map<String, String> annotations,
    ComputeInstanceSpec spec,
    ComputeInstanceStatus status,
    int asks) {

  /** As a person makes it, and as the framework puts the finalizer on it. */
  static SearchResource named(String name) {
    return begun(name, 1, true, Map.of(), spec(null, null, null, null), 0);
  }

  /** The same, asking for an instance that exists. */
  SearchResource takingOver(String instanceId) {
    return begun(name, life, held, annotations, spec(null, null, instanceId, null), asks);
  }

  private static SearchResource begun(
      String name,
      int life,
      boolean held,
      Map<String, String> annotations,
      ComputeInstanceSpec spec,
      int asks) {
    return new SearchResource(
        name, life, 1, 1, false, held, annotations, spec, ComputeInstanceStatus.NONE, asks);
  }

  private static ComputeInstanceSpec spec(
      @Nullable Power power,
      @Nullable String request,
      @Nullable String instanceId,
      @Nullable DeletionPolicy policy) {
    return new ComputeInstanceSpec(
        ModelApi.TEMPLATE, null, power, request, instanceId, policy, null);
  }

  String uid() {
    return name + "-" + life;
  }

  /** Its {@code resourceVersion}, which no other resource ever has. */
  String token() {
    return uid() + "-" + version;
  }

  @Nullable String bound() {
    return status.instanceId();
  }

  @Nullable CreateAttempt attempt() {
    return status.create();
  }

  @Nullable String claim() {
    return spec.instanceId() == null ? annotations.get(Annotations.INSTANCE_ID) : spec.instanceId();
  }

  private SearchResource next(boolean holds, Map<String, String> notes, ComputeInstanceStatus now) {
    return new SearchResource(
        name, life, version + 1, generation, deleting, holds, notes, spec, now, asks);
  }

  SearchResource withStatus(ComputeInstanceStatus now) {
    return next(held, annotations, now);
  }

  SearchResource annotated(String key, String value) {
    Map<String, String> more = new TreeMap<>(annotations);
    more.put(key, value);
    return next(held, Map.copyOf(more), status);
  }

  SearchResource held(boolean holds) {
    return next(holds, annotations, status);
  }

  private SearchResource edited(boolean deleted, ComputeInstanceSpec now, int asking) {
    return new SearchResource(
        name, life, version + 1, generation + 1, deleted, held, annotations, now, status, asking);
  }

  SearchResource deleted() {
    return edited(true, spec, asks);
  }

  SearchResource power(@Nullable Power power, @Nullable String request, int asking) {
    DeletionPolicy policy = spec.deletionPolicy();
    return edited(false, spec(power, request, spec.instanceId(), policy), asking);
  }

  SearchResource retained() {
    ComputeInstanceSpec retaining =
        spec(spec.power(), spec.powerRequestId(), spec.instanceId(), DeletionPolicy.RETAIN);
    return edited(false, retaining, asks);
  }

  /** The same from a backup, or from files: another UID, no status. */
  SearchResource restored(boolean whole) {
    Map<String, String> notes = whole ? annotations : Map.of();
    return begun(name, life + 1, whole, notes, spec, asks);
  }

  /** As production reads it. */
  ComputeInstance resource() {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("default")
            .withName(name)
            .withUid(uid())
            .withResourceVersion(token())
            .withGeneration(generation)
            .withCreationTimestamp(ModelApi.START.plusSeconds(60L * life).toString())
            .withDeletionTimestamp(deleting ? Wish.DELETED : null)
            .withFinalizers(held ? new String[] {ComputeInstance.FINALIZER} : new String[0])
            .withAnnotations(annotations)
            .build());
    resource.setSpec(spec);
    resource.setStatus(status);
    return resource;
  }
}
