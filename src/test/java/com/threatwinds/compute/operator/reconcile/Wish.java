package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A resource as a user writes it; each method is that resource with one more wish. */
record Wish(
    String name,
    long generation,
    @Nullable String templateId,
    @Nullable String zone,
    @Nullable Power power,
    @Nullable String requestId,
    @Nullable String instanceId,
    @Nullable DeletionPolicy policy,
    @Nullable String problem,
    boolean deleting,
    Map<String, String> annotations) {

  static final String CREATED = "2026-11-22T11:59:00Z";
  static final String DELETED = "2026-11-22T12:30:00Z";

  static Wish plain() {
    return named("web");
  }

  static Wish named(String name) {
    return new Wish(
        name, 1, ModelApi.TEMPLATE, null, null, null, null, null, null, false, Map.of());
  }

  Wish generation(long value) {
    return new Wish(
        name,
        value,
        templateId,
        zone,
        power,
        requestId,
        instanceId,
        policy,
        problem,
        deleting,
        annotations);
  }

  Wish template(String value) {
    return new Wish(
        name,
        generation,
        value,
        zone,
        power,
        requestId,
        instanceId,
        policy,
        problem,
        deleting,
        annotations);
  }

  Wish zone(String value) {
    return new Wish(
        name,
        generation,
        templateId,
        value,
        power,
        requestId,
        instanceId,
        policy,
        problem,
        deleting,
        annotations);
  }

  Wish power(Power value) {
    return power(value, null);
  }

  Wish power(Power value, @Nullable String request) {
    return new Wish(
        name,
        generation,
        templateId,
        zone,
        value,
        request,
        instanceId,
        policy,
        problem,
        deleting,
        annotations);
  }

  Wish takeOver(String id) {
    return new Wish(
        name,
        generation,
        templateId,
        zone,
        power,
        requestId,
        id,
        policy,
        problem,
        deleting,
        annotations);
  }

  Wish policy(DeletionPolicy value) {
    return new Wish(
        name,
        generation,
        templateId,
        zone,
        power,
        requestId,
        instanceId,
        value,
        problem,
        deleting,
        annotations);
  }

  Wish nonsense(String why) {
    return new Wish(
        name,
        generation,
        templateId,
        zone,
        power,
        requestId,
        instanceId,
        policy,
        why,
        deleting,
        annotations);
  }

  Wish deleted() {
    return new Wish(
        name,
        generation,
        templateId,
        zone,
        power,
        requestId,
        instanceId,
        policy,
        problem,
        true,
        annotations);
  }

  Wish paused() {
    return annotated(Annotations.PAUSED, "true");
  }

  Wish annotated(String key, String value) {
    Map<String, String> more = new TreeMap<>(annotations);
    more.put(key, value);
    return new Wish(
        name,
        generation,
        templateId,
        zone,
        power,
        requestId,
        instanceId,
        policy,
        problem,
        deleting,
        more);
  }

  ComputeInstance resource(@Nullable ComputeInstanceStatus status) {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("default")
            .withName(name)
            .withUid("uid-" + name)
            .withResourceVersion("1")
            .withGeneration(generation)
            .withCreationTimestamp(CREATED)
            .withDeletionTimestamp(deleting ? DELETED : null)
            .withFinalizers(ComputeInstance.FINALIZER)
            .withAnnotations(annotations)
            .build());
    resource.setSpec(
        new ComputeInstanceSpec(templateId, zone, power, requestId, instanceId, policy, problem));
    resource.setStatus(status);
    return resource;
  }

  Desired desired() {
    return Desired.of(resource(null));
  }
}
