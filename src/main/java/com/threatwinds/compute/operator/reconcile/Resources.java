package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Our resources as the API server has them: live reads, and writes that carry {@code
 * resourceVersion}, so that one resting on an old read fails with a conflict.
 *
 * <p>The client's own retries are switched off: a write that was committed and repeated would come
 * back as a conflict with itself.
 */
final class Resources implements ResourceStore {

  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;
  private final KubernetesClient client;
  private final ResourcePages pages;
  private final Context<ComputeInstance> context;

  /**
   * @param pages all that the operator may see
   * @param context of the pass: what is written through it wakes nobody
   */
  Resources(KubernetesClient client, ResourcePages pages, Context<ComputeInstance> context) {
    this.client = client;
    this.pages = pages;
    this.context = context;
  }

  @Override
  public Optional<ComputeInstance> live(ComputeInstance resource) {
    ComputeInstance live =
        client
            .resources(ComputeInstance.class)
            .inNamespace(resource.getMetadata().getNamespace())
            .withName(resource.getMetadata().getName())
            .get();
    return Optional.ofNullable(live)
        .filter(l -> l.getMetadata().getUid().equals(resource.getMetadata().getUid()));
  }

  @Override
  public List<ComputeInstance> all() {
    List<ComputeInstance> all = new ArrayList<>();
    pages.read(all::addAll);
    return all;
  }

  @Override
  public boolean isDefinitionGoing() {
    return isDefinitionGoing(client);
  }

  static boolean isDefinitionGoing(KubernetesClient client) {
    var definition =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName("computeinstances." + ComputeInstance.GROUP)
            .get();
    return definition == null || definition.isMarkedForDeletion();
  }

  @Override
  public Optional<ComputeInstance> writeStatus(
      ComputeInstance resource, ComputeInstanceStatus status) {
    try {
      return Optional.of(
          context.resourceOperations().updatePrimaryStatus(copyOf(resource, status)));
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public boolean annotate(ComputeInstance resource, String instanceId) {
    String key = "/metadata/annotations/" + Annotations.INSTANCE_ID.replace("/", "~1");
    Map<String, String> present = resource.getMetadata().getAnnotations();
    boolean none = present == null || present.isEmpty();
    return patch(
        resource,
        (none ? "{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":{}}," : "")
            + "{\"op\":\"add\",\"path\":\""
            + key
            + "\",\"value\":\""
            + instanceId
            + "\"}");
  }

  @Override
  public boolean hold(ComputeInstance resource) {
    List<String> present = resource.getMetadata().getFinalizers();
    boolean none = present == null || present.isEmpty();
    return patch(
        resource,
        (none ? "{\"op\":\"add\",\"path\":\"/metadata/finalizers\",\"value\":[]}," : "")
            + "{\"op\":\"add\",\"path\":\"/metadata/finalizers/-\",\"value\":\""
            + ComputeInstance.FINALIZER
            + "\"}");
  }

  @Override
  public boolean release(ComputeInstance resource) {
    int place = resource.getMetadata().getFinalizers().indexOf(ComputeInstance.FINALIZER);
    if (place < 0) {
      return true;
    }
    return patch(resource, "{\"op\":\"remove\",\"path\":\"/metadata/finalizers/" + place + "\"}");
  }

  /** A JSON patch that rests on exactly this resource. */
  private boolean patch(ComputeInstance resource, String operations) {
    String patch =
        "["
            + operations
            + ",{\"op\":\"replace\",\"path\":\"/metadata/resourceVersion\",\"value\":\""
            + resource.getMetadata().getResourceVersion()
            + "\"}]";
    try {
      context
          .resourceOperations()
          .resourcePatch(
              resource,
              r -> client.resource(r).patch(PatchContext.of(PatchType.JSON), patch),
              context.eventSourceRetriever().getControllerEventSource());
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** The same resource with another status; the original is left as it is. */
  static ComputeInstance copyOf(ComputeInstance resource, ComputeInstanceStatus status) {
    var copy = new ComputeInstance();
    copy.setMetadata(new ObjectMetaBuilder(resource.getMetadata()).build());
    copy.setSpec(resource.getSpec());
    copy.setStatus(status);
    return copy;
  }

  /** The same resource with other metadata. */
  static ComputeInstance withMetadata(ComputeInstance resource, ObjectMeta metadata) {
    var other = new ComputeInstance();
    other.setMetadata(metadata);
    other.setSpec(resource.getSpec());
    other.setStatus(resource.getStatus());
    return other;
  }
}
