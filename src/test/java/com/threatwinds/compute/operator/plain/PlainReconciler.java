package com.threatwinds.compute.operator.plain;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.event.source.polling.PerResourcePollingEventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Makes an instance where there is none, saves its id in the status, starts and stops it, deletes
 * it by that id. Restart and reset, take-overs and {@code Retain} are not for it: {@code
 * spec.power} other than {@code Stopped} means {@code Running}.
 */
@ControllerConfiguration(finalizerName = ComputeInstance.FINALIZER)
final class PlainReconciler implements Reconciler<ComputeInstance>, Cleaner<ComputeInstance> {

  private final ComputeApi api;
  private final Duration pollInterval;
  private final LongAdder passes = new LongAdder();
  private @Nullable PerResourcePollingEventSource<Instance, ComputeInstance, InstanceId> instances;

  PlainReconciler(ComputeApi api, Duration pollInterval) {
    this.api = api;
    this.pollInterval = pollInterval;
  }

  @Override
  public List<EventSource<?, ComputeInstance>> prepareEventSources(
      EventSourceContext<ComputeInstance> context) {
    instances =
        new PerResourcePollingEventSource<>(
            Instance.class,
            context,
            new PerResourcePollingConfigurationBuilder<Instance, ComputeInstance, InstanceId>(
                    this::poll, pollInterval)
                .withResourceIDMapper(Instance::id)
                .build());
    return List.of(instances);
  }

  /** How many there were. */
  long passes() {
    return passes.sum();
  }

  /** The instance as it is now; the sample's poll dies of its first failure, this one goes on. */
  private Set<Instance> poll(ComputeInstance resource) {
    Optional<InstanceId> id = idOf(resource);
    if (id.isEmpty()) {
      return Set.of();
    }
    try {
      return Set.of(api.get(id.get()).instance());
    } catch (ComputeApiException.NotFound e) {
      return Set.of();
    } catch (ComputeApiException e) {
      return instances()
          .getSecondaryResource(ResourceID.fromResource(resource))
          .map(Set::of)
          .orElseThrow(() -> new IllegalStateException(e));
    }
  }

  @Override
  public UpdateControl<ComputeInstance> reconcile(
      ComputeInstance resource, Context<ComputeInstance> context) throws ComputeApiException {
    passes.increment();
    Optional<Instance> instance = context.getSecondaryResource(Instance.class);
    if (instance.isEmpty()) {
      create(resource, context);
      return UpdateControl.noUpdate();
    }
    power(resource, instance.get());
    ComputeInstanceStatus status = status(resource, instance.get());
    if (status.equals(resource.getStatus())) {
      return UpdateControl.noUpdate();
    }
    resource.setStatus(status);
    return UpdateControl.patchStatus(resource);
  }

  /** The id is saved at once, and both caches are told, so that the next pass knows of it. */
  private void create(ComputeInstance resource, Context<ComputeInstance> context)
      throws ComputeApiException {
    ComputeInstanceSpec spec = resource.getSpec();
    Instance created =
        api.create(Objects.requireNonNull(spec.templateId()), spec.zone(), () -> true).instance();
    ComputeInstanceStatus status = status(resource, created);
    context
        .resourceOperations()
        .jsonPatchPrimaryStatus(
            resource,
            edited -> {
              edited.setStatus(status);
              return edited;
            });
    instances().handleRecentResourceCreate(ResourceID.fromResource(resource), created);
  }

  private void power(ComputeInstance resource, Instance instance) throws ComputeApiException {
    Power power = resource.getSpec().power();
    if (power == Power.STOPPED && instance.state() == InstanceState.RUNNING) {
      api.stop(instance.id());
    } else if (power != null
        && power != Power.STOPPED
        && instance.state() == InstanceState.TERMINATED) {
      api.start(instance.id());
    }
  }

  @Override
  public DeleteControl cleanup(ComputeInstance resource, Context<ComputeInstance> context)
      throws ComputeApiException {
    Optional<InstanceId> id = idOf(resource);
    if (id.isPresent()) {
      try {
        api.delete(id.get());
      } catch (ComputeApiException.NotFound e) {
        return DeleteControl.defaultDelete(); // Gone already.
      }
    }
    return DeleteControl.defaultDelete();
  }

  private static Optional<InstanceId> idOf(ComputeInstance resource) {
    return Optional.ofNullable(resource.getStatus())
        .flatMap(status -> InstanceId.parse(status.instanceId()));
  }

  private PerResourcePollingEventSource<Instance, ComputeInstance, InstanceId> instances() {
    return Objects.requireNonNull(instances);
  }

  private static ComputeInstanceStatus status(ComputeInstance resource, Instance instance) {
    return new ComputeInstanceStatus(
        resource.getMetadata().getGeneration(),
        instance.id().value(),
        null,
        instance.name(),
        instance.stateText(),
        instance.zone(),
        instance.machineType(),
        instance.externalIp(),
        instance.internalIp(),
        instance.createdAt() == null ? null : instance.createdAt().toString(),
        instance.userId(),
        null,
        List.of(ready(resource, instance)),
        null,
        null,
        null,
        null,
        null);
  }

  private static Condition ready(ComputeInstance resource, Instance instance) {
    boolean stopped = resource.getSpec().power() == Power.STOPPED;
    boolean ready =
        instance.state() == (stopped ? InstanceState.TERMINATED : InstanceState.RUNNING);
    String value = ready ? "True" : "False";
    Optional<String> since =
        Optional.ofNullable(resource.getStatus()).stream()
            .filter(status -> status.conditions() != null)
            .flatMap(status -> status.conditions().stream())
            .filter(condition -> value.equals(condition.getStatus()))
            .map(Condition::getLastTransitionTime)
            .findFirst();
    return new ConditionBuilder()
        .withType("Ready")
        .withStatus(value)
        .withReason(ready ? (stopped ? "Stopped" : "Running") : "Pending")
        .withMessage("instance " + instance.id() + " is " + instance.stateText())
        .withObservedGeneration(resource.getMetadata().getGeneration())
        .withLastTransitionTime(
            since.orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()))
        .build();
  }
}
