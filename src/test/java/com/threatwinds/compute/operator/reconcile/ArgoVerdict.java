package com.threatwinds.compute.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.argocd.Customization;
import com.threatwinds.compute.operator.argocd.ResourceHealth;
import com.threatwinds.compute.operator.argocd.ResourceHealth.Code;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.PowerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * What Argo CD must make of a resource, said without its script: what {@link KStatus} says, except
 * that a paused resource which is not as asked waits for a person, that one without a status is not
 * as asked, and that a request which was not looked at yet is waited for.
 */
final class ArgoVerdict {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Customization SCRIPTS = new Customization();

  /** A longer value is remembered by its hash, which a script can't compute. */
  private static final int LONGEST_BYTES = 63;

  private ArgoVerdict() {}

  /** What is wrong with what the script says of the resource; empty if nothing. */
  static Optional<String> mistake(ComputeInstance resource) {
    JsonNode json = JSON.valueToTree(resource);
    Set<Code> right = of(resource, json);
    ResourceHealth told = SCRIPTS.health(json);
    return right.contains(told.status())
        ? Optional.empty()
        : Optional.of("Argo CD says " + told + ", not " + right + ", of " + json);
  }

  private static Set<Code> of(ComputeInstance resource, JsonNode json) {
    JsonNode conditions = json.path("status").path("conditions");
    KStatus kstatus = KStatus.of(json);
    return switch (kstatus) {
      case TERMINATING -> Set.of(Code.PROGRESSING);
      case FAILED -> Set.of(Code.DEGRADED);
      case IN_PROGRESS -> Set.of(isPausedAndObserved(json) ? Code.SUSPENDED : Code.PROGRESSING);
      case CURRENT ->
          conditions.isEmpty()
              ? Set.of(Code.PROGRESSING)
              : isPaused(json) ? Set.of(Code.HEALTHY) : ofRequests(resource);
    };
  }

  private static boolean isPaused(JsonNode json) {
    return "true"
        .equals(json.path("metadata").path("annotations").path(Annotations.PAUSED).textValue());
  }

  private static boolean isPausedAndObserved(JsonNode json) {
    JsonNode status = json.path("status");
    return isPaused(json)
        && status.path("observedGeneration").asLong()
            == json.path("metadata").path("generation").asLong()
        && StreamSupport.stream(status.path("conditions").spliterator(), false)
            .anyMatch(
                c ->
                    "Stalled".equals(c.path("type").asText())
                        && "Paused".equals(c.path("reason").asText()));
  }

  /** Both, where a script can't tell whether a value is new. */
  private static Set<Code> ofRequests(ComputeInstance resource) {
    ComputeInstanceStatus status = Pass.statusOf(resource);
    Desired desired = Desired.of(resource);
    Set<PowerRequest> pending = Set.copyOf(PowerRequest.pending(desired, status));
    if (pending.stream().noneMatch(r -> r.source() == PowerRequest.Source.ANNOTATION)) {
      return Set.of(Code.HEALTHY);
    }
    boolean certain =
        pending.stream()
            .filter(r -> r.source() == PowerRequest.Source.ANNOTATION)
            .anyMatch(request -> isCertain(request, resource, status));
    return certain ? Set.of(Code.PROGRESSING) : Set.of(Code.HEALTHY, Code.PROGRESSING);
  }

  private static boolean isCertain(
      PowerRequest request, ComputeInstance resource, ComputeInstanceStatus status) {
    Map<String, String> annotations = resource.getMetadata().getAnnotations();
    String value =
        annotations.get(
            request.operation() == Power.RESTART
                ? Annotations.RESTART_REQUESTED
                : Annotations.RESET_REQUESTED);
    boolean hashed =
        status.power() != null
            && status.power().handledRequestIds() != null
            && status.power().handledRequestIds().stream()
                .anyMatch(m -> m.startsWith("annotation/" + request.operation() + "/sha256:"));
    return !hashed
        && !value.isEmpty()
        && value.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
  }
}
