package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.InstanceId;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;

/**
 * What a person asks for: the resource's spec, annotations and deletion, read once.
 *
 * @param generation of the spec
 * @param deleting whether the resource is being deleted
 * @param paused whether nothing may be changed
 * @param problem why the spec can't be understood
 * @param templateId empty only with a {@code problem}
 * @param zone empty for the API's default
 * @param power empty for "leave it alone"
 * @param powerRequestId names the request that {@code power} is
 * @param takeover the instance to take over, by spec or by the annotation of a restored resource
 * @param claimedByAnnotation whether {@code takeover} comes from the annotation alone
 * @param deletionPolicy empty for the default, which depends on where the instance came from
 * @param restartRequested the value of the annotation
 * @param resetRequested the value of the annotation
 * @param resolution a person's answer to an unresolved create
 */
public record Desired(
    long generation,
    boolean deleting,
    boolean paused,
    Optional<String> problem,
    Optional<String> templateId,
    Optional<String> zone,
    Optional<Power> power,
    Optional<String> powerRequestId,
    Optional<InstanceId> takeover,
    boolean claimedByAnnotation,
    Optional<DeletionPolicy> deletionPolicy,
    Optional<String> restartRequested,
    Optional<String> resetRequested,
    Optional<Resolution> resolution) {

  /** A person's answer to an unresolved create. */
  public sealed interface Resolution {
    /** That instance is the outcome. */
    record Adopt(InstanceId id) implements Resolution {}

    /** None is: forget that attempt and begin another. */
    record Retry(String attemptId) implements Resolution {}

    /** What the annotation's value means; empty if it means nothing. */
    static Optional<Resolution> parse(String value) {
      if (value.startsWith("adopt:")) {
        return InstanceId.parse(value.substring("adopt:".length()).strip()).map(Adopt::new);
      }
      if (value.startsWith("retry:")) {
        return Optional.of(new Retry(value.substring("retry:".length()).strip()));
      }
      return Optional.empty();
    }
  }

  /** Reads the resource; never throws, whatever is in it. */
  public static Desired of(ComputeInstance resource) {
    ObjectMeta meta = resource.getMetadata();
    Map<String, String> annotations =
        meta.getAnnotations() == null ? Map.of() : meta.getAnnotations();
    ComputeInstanceSpec spec = resource.getSpec();
    if (spec == null) {
      spec = new ComputeInstanceSpec(null, null, null, null, null, null, "spec: is required");
    }
    Optional<InstanceId> bySpec = InstanceId.parse(spec.instanceId());
    Optional<InstanceId> byAnnotation = InstanceId.parse(annotations.get(Annotations.INSTANCE_ID));
    return new Desired(
        meta.getGeneration() == null ? 0 : meta.getGeneration(),
        resource.isMarkedForDeletion(),
        "true".equalsIgnoreCase(annotations.get(Annotations.PAUSED)),
        Optional.ofNullable(spec.problem()).or(() -> unreadableClaim(resource, annotations)),
        Optional.ofNullable(spec.templateId()),
        Optional.ofNullable(spec.zone()),
        Optional.ofNullable(spec.power()),
        Optional.ofNullable(spec.powerRequestId()),
        bySpec.or(() -> byAnnotation),
        bySpec.isEmpty() && byAnnotation.isPresent(),
        Optional.ofNullable(spec.deletionPolicy()),
        Optional.ofNullable(annotations.get(Annotations.RESTART_REQUESTED)),
        Optional.ofNullable(annotations.get(Annotations.RESET_REQUESTED)),
        Optional.ofNullable(annotations.get(Annotations.RESOLVE_CREATE))
            .flatMap(Resolution::parse));
  }

  /**
   * A claim that names no instance, on a resource that has none: to ignore it would make another
   * beside the one that was meant.
   */
  private static Optional<String> unreadableClaim(
      ComputeInstance resource, Map<String, String> annotations) {
    boolean unbound = resource.getStatus() == null || resource.getStatus().instanceId() == null;
    String claim = annotations.get(Annotations.INSTANCE_ID);
    return unbound && claim != null && InstanceId.parse(claim).isEmpty()
        ? Optional.of(
            "the annotation "
                + Annotations.INSTANCE_ID
                + " names no instance: correct it, or remove it to create a new one")
        : Optional.empty();
  }

  /** Whether the instance should run: a request means that too, once it is handled. */
  public boolean wantsRunning() {
    return power.isPresent() && power.get() != Power.STOPPED;
  }

  /** Whether the instance should be stopped. */
  public boolean wantsStopped() {
    return power.isPresent() && power.get() == Power.STOPPED;
  }
}
