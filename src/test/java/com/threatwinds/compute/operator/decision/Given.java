package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.Accepted;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a table are made of: something asked, something recorded, something seen, each
 * said in the words of the table and otherwise as plain as can be.
 */
public final class Given {

  /** The generation of what is asked, unless said otherwise. */
  public static final long GENERATION = 7;

  public static final String TEMPLATE = "web-small";
  public static final String ZONE = "us-central1-a";
  public static final InstanceId ID = new InstanceId("i-1");
  public static final String ATTEMPT = "attempt-1";

  private Given() {}

  /** A resource that asks for an instance of {@link #TEMPLATE}, and no more. */
  public static Asked asked() {
    return new Asked();
  }

  /** A status that says nothing. */
  public static Recorded unbound() {
    return new Recorded();
  }

  /** A status that is bound to {@link #ID}. */
  public static Recorded bound() {
    return unbound().boundTo(ID.value());
  }

  /** A status whose create, {@link #ATTEMPT}, is under way or unresolved. */
  public static Recorded open(String... candidates) {
    return unbound().create(candidates);
  }

  /** {@link #ID}, in that state. */
  public static Instance instance(InstanceState state) {
    return instance(state, TEMPLATE, ZONE);
  }

  /** {@link #ID}, as it was asked for or otherwise. */
  public static Instance instance(
      InstanceState state, @Nullable String templateId, @Nullable String zone) {
    return new Instance(
        ID, null, zone, null, null, null, state, state.name(), templateId, "user-1", null);
  }

  /** {@link #ID} exists, and belongs to nobody else. */
  public static Observation.Found found(InstanceState state) {
    return new Observation.Found(instance(state), Optional.empty());
  }

  /** An answer that means nothing. */
  public static ComputeApiException unavailable(Operation operation) {
    return new ComputeApiException.Unavailable(
        new ComputeApiException.Answer(
            operation, 503, "down for a moment", true, null, null, null, null));
  }

  /** Builds what a person asks for. */
  public static final class Asked {

    private long generation = GENERATION;
    private boolean deleting;
    private boolean paused;
    private Optional<String> problem = Optional.empty();
    private Optional<String> templateId = Optional.of(TEMPLATE);
    private Optional<String> zone = Optional.empty();
    private Optional<Power> power = Optional.empty();
    private Optional<String> powerRequestId = Optional.empty();
    private Optional<InstanceId> takeover = Optional.empty();
    private boolean claimedByAnnotation;
    private Optional<DeletionPolicy> deletionPolicy = Optional.empty();
    private Optional<String> restartRequested = Optional.empty();
    private Optional<String> resetRequested = Optional.empty();
    private Optional<Desired.Resolution> resolution = Optional.empty();

    private Asked() {}

    public Asked generation(long generation) {
      this.generation = generation;
      return this;
    }

    public Asked deleting() {
      return deleting(true);
    }

    public Asked deleting(boolean deleting) {
      this.deleting = deleting;
      return this;
    }

    public Asked paused() {
      return paused(true);
    }

    public Asked paused(boolean paused) {
      this.paused = paused;
      return this;
    }

    public Asked problem(String problem) {
      this.problem = Optional.of(problem);
      return this;
    }

    public Asked template(String templateId) {
      this.templateId = Optional.of(templateId);
      return this;
    }

    public Asked zone(String zone) {
      this.zone = Optional.of(zone);
      return this;
    }

    public Asked power(@Nullable Power power) {
      this.power = Optional.ofNullable(power);
      return this;
    }

    public Asked requestId(@Nullable String id) {
      this.powerRequestId = Optional.ofNullable(id);
      return this;
    }

    /** By {@code spec.instanceId}. */
    public Asked takeover(InstanceId id) {
      this.takeover = Optional.of(id);
      return this;
    }

    /** By the annotation that survives a backup and restore, and by nothing else. */
    public Asked takeoverByAnnotation(InstanceId id) {
      this.claimedByAnnotation = true;
      return takeover(id);
    }

    public Asked policy(@Nullable DeletionPolicy policy) {
      this.deletionPolicy = Optional.ofNullable(policy);
      return this;
    }

    /** By annotation. */
    public Asked restart(@Nullable String value) {
      this.restartRequested = Optional.ofNullable(value);
      return this;
    }

    /** By annotation. */
    public Asked reset(@Nullable String value) {
      this.resetRequested = Optional.ofNullable(value);
      return this;
    }

    /** The annotation {@code resolve-create}. */
    public Asked answer(String annotation) {
      this.resolution = Desired.Resolution.parse(annotation);
      return this;
    }

    public Desired desired() {
      return new Desired(
          generation,
          deleting,
          paused,
          problem,
          templateId,
          zone,
          power,
          powerRequestId,
          takeover,
          claimedByAnnotation,
          deletionPolicy,
          restartRequested,
          resetRequested,
          resolution);
    }
  }

  /** Builds what the status records. */
  public static final class Recorded {

    private @Nullable String instanceId;
    private @Nullable Boolean takenOver;
    private @Nullable String state;
    private @Nullable List<Condition> conditions;
    private @Nullable Accepted accepted;
    private @Nullable CreateAttempt create;
    private @Nullable PowerRecord power;
    private ComputeInstanceStatus.@Nullable Problem problem;

    private Recorded() {}

    public Recorded boundTo(@Nullable String instanceId) {
      this.instanceId = instanceId;
      return this;
    }

    public Recorded takenOver() {
      this.takenOver = true;
      return this;
    }

    public Recorded state(InstanceState state) {
      this.state = state.name();
      return this;
    }

    public Recorded accepted(
        String templateId, @Nullable String zone, @Nullable String instanceId) {
      this.accepted = new Accepted(templateId, zone, instanceId);
      return this;
    }

    public Recorded create(String... candidates) {
      this.create =
          new CreateAttempt(
              ATTEMPT,
              "2026-01-01T00:00:00Z",
              null,
              TEMPLATE,
              null,
              ZONE,
              null,
              "user-1",
              "0123456789abcdef",
              List.of(candidates));
      return this;
    }

    /** Requests that were handled, as {@code source/operation/id}. */
    public Recorded handled(String... marks) {
      return handled(List.of(marks));
    }

    public Recorded handled(List<String> marks) {
      this.power = new PowerRecord(null, null, PowerOutcome.ACCEPTED, null, marks);
      return this;
    }

    /** The last request, and what became of it. */
    public Recorded last(
        Power operation, @Nullable String id, PowerOutcome outcome, String... marks) {
      this.power = new PowerRecord(operation.toString(), id, outcome, null, List.of(marks));
      return this;
    }

    /** For {@link #GENERATION}. */
    public Recorded ready(Reason reason) {
      return condition(ConditionType.READY, reason, GENERATION);
    }

    /** For {@link #GENERATION}. */
    public Recorded stalled(Reason reason) {
      return condition(ConditionType.STALLED, reason, GENERATION);
    }

    /** That one is true, and there is no other. */
    public Recorded condition(ConditionType type, Reason reason, long generation) {
      this.conditions =
          List.of(
              new ConditionBuilder()
                  .withType(type.toString())
                  .withStatus("True")
                  .withReason(reason.toString())
                  .withMessage("as was said before")
                  .withObservedGeneration(generation)
                  .build());
      return this;
    }

    /** It can't be read. */
    public Recorded problem(String problem) {
      this.problem = new ComputeInstanceStatus.Problem(problem, true);
      return this;
    }

    public ComputeInstanceStatus status() {
      return new ComputeInstanceStatus(
          null,
          instanceId,
          takenOver,
          null,
          state,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          conditions,
          accepted,
          create,
          power,
          null,
          problem);
    }
  }
}
