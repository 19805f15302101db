package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the operator knows of the instance, and what it must remember. Nothing in it changes while
 * nothing happens. Every component may be absent.
 *
 * @param problem why the stored status can't be read as a whole; then it must not be overwritten
 *     either, since more is in it than was read. Not part of the schema.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonDeserialize(using = StatusReader.class)
public record ComputeInstanceStatus(
    @JsonPropertyDescription("Generation of the spec that this status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Instance that this resource is bound to.")
        @Nullable String instanceId,
    @JsonPropertyDescription(
            "Whether the instance existed before and was taken over; then it outlives this"
                + " resource unless spec.deletionPolicy says Delete.")
        @Nullable Boolean takenOver,
    @JsonPropertyDescription("Name of the instance, chosen by the API.") @Nullable String name,
    @JsonPropertyDescription(
            "What the instance is doing, in the API's word: PROVISIONING, STAGING, RUNNING,"
                + " STOPPING, TERMINATED (stopped) or SUSPENDED.")
        @Nullable String state,
    @JsonPropertyDescription("Zone that the instance runs in.") @Nullable String zone,
    @JsonPropertyDescription("Machine type of the instance.") @Nullable String machineType,
    @JsonPropertyDescription(
            "External address. Empty until the instance runs; may change over a stop and start.")
        @Nullable String externalIp,
    @JsonPropertyDescription("Internal address. Empty until the instance runs.")
        @Nullable String internalIp,
    @JsonPropertyDescription("When the instance was created, by the API's clock.")
        @Nullable String createdAt,
    @JsonPropertyDescription("Account that owns the instance.") @Nullable String userId,
    @JsonPropertyDescription(
            "One-way mark of the credentials that the instance was last seen with: the proof that"
                + " a later 'not found' comes from the same account.")
        @Nullable String credentials,
    @JsonPropertyDescription(
            "Ready: the instance is as spec asks. Reconciling: the operator will act or look again"
                + " by itself. Stalled: a person must act.")
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription("The values of spec that can't be changed, as first accepted.")
        @Nullable Accepted accepted,
    @JsonPropertyDescription("The create that is under way or whose outcome is not known.")
        @Nullable CreateAttempt create,
    @JsonPropertyDescription("The last restart or reset that was asked for.")
        @Nullable PowerRecord power,
    @JsonPropertyDescription("The last call of the API that failed; cleared by the next success.")
        @Nullable LastError lastError,
    @JsonIgnore @Nullable Problem problem) {

  /** The status of a resource that was never looked at. */
  public static final ComputeInstanceStatus NONE =
      new ComputeInstanceStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null);

  /**
   * Why a status can't be read as a whole.
   *
   * @param text for a person
   * @param hidesBinding whether the instance that the resource is bound to, or its open create, may
   *     be in what can't be read
   */
  public record Problem(String text, boolean hidesBinding) {}

  /** What of a status can be read, and why the rest can't. */
  ComputeInstanceStatus with(Problem unreadable) {
    return new ComputeInstanceStatus(
        observedGeneration,
        instanceId,
        takenOver,
        name,
        state,
        zone,
        machineType,
        externalIp,
        internalIp,
        createdAt,
        userId,
        credentials,
        conditions,
        accepted,
        create,
        power,
        lastError,
        unreadable);
  }

  /** Whether nobody can tell if the resource is bound to an instance, or has an open create. */
  public boolean hidesBinding() {
    return problem != null && problem.hidesBinding();
  }

  /** The condition of that type, if there is one. */
  public Optional<Condition> condition(ConditionType type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(c -> type.toString().equals(c.getType())).findFirst();
  }

  /** The values of {@code spec} that can't be changed; an absent one was accepted as absent. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Accepted(
      @JsonPropertyDescription("spec.templateId as accepted.") @Nullable String templateId,
      @JsonPropertyDescription("spec.zone as accepted; absent if it was absent.")
          @Nullable String zone,
      @JsonPropertyDescription("spec.instanceId as accepted; absent if it was absent.")
          @Nullable String instanceId) {}

  /** A create that was announced, and whose instance is not bound. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record CreateAttempt(
      @JsonPropertyDescription("Name of this attempt, never used twice.")
          @Nullable String attemptId,
      @JsonPropertyDescription("When the attempt began, by the API's clock.")
          @Nullable String startedAt,
      @JsonPropertyDescription(
              "True if startedAt is by the operator's clock, and rules no instance out: the API tells"
                  + " no time, or many instances were made just before.")
          @Nullable Boolean ownClock,
      @JsonPropertyDescription("Template that was asked for.") @Nullable String templateId,
      @JsonPropertyDescription("Zone that was asked for; absent for the API's default.")
          @Nullable String zone,
      @JsonPropertyDescription("Zone that the API puts the instance into if none is asked for.")
          @Nullable String defaultZone,
      @JsonPropertyDescription(
              "Instances of this template that were there before the attempt, bound to no resource:"
                  + " none of them can be its outcome.")
          @Nullable List<String> known,
      @JsonPropertyDescription("Account that the attempt was made in, where the API names it.")
          @Nullable String userId,
      @JsonPropertyDescription("One-way mark of the credentials that the attempt was made with.")
          @Nullable String credentials,
      @JsonPropertyDescription(
              "Instances that may be the outcome, when a person must choose: answer with the"
                  + " annotation compute.threatwinds.com/resolve-create.")
          @Nullable List<String> candidates) {}

  /** The last restart or reset, and all that are remembered. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PowerRecord(
      @JsonPropertyDescription("Restart or Reset.") @Nullable String operation,
      @JsonPropertyDescription("The request's id or annotation value; absent if it had none.")
          @Nullable String requestId,
      @JsonPropertyDescription(
              "Issuing: about to be sent. Accepted: the API took it. Skipped: not sent, because the"
                  + " instance was new or should be stopped. Rejected: the API refused it. Unknown:"
                  + " it may or may not have happened, and is not sent again.")
          @Nullable PowerOutcome outcome,
      @JsonPropertyDescription("When that was.") @Nullable String time,
      @JsonPropertyDescription(
              "Requests that were handled and are never sent again, as source/operation/id.")
          @Nullable List<String> handledRequestIds) {}

  /** What became of a restart or reset. */
  public enum PowerOutcome {
    @com.fasterxml.jackson.annotation.JsonProperty("Issuing")
    ISSUING,
    @com.fasterxml.jackson.annotation.JsonProperty("Accepted")
    ACCEPTED,
    @com.fasterxml.jackson.annotation.JsonProperty("Skipped")
    SKIPPED,
    @com.fasterxml.jackson.annotation.JsonProperty("Rejected")
    REJECTED,
    @com.fasterxml.jackson.annotation.JsonProperty("Unknown")
    UNKNOWN
  }

  /** A call that failed. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record LastError(
      @JsonPropertyDescription("Call that failed, for example create or stop.")
          @Nullable String operation,
      @JsonPropertyDescription("HTTP status of the answer; absent if there was none.")
          @Nullable Integer httpStatus,
      @JsonPropertyDescription("What the API said, at most 256 characters.")
          @Nullable String message,
      @JsonPropertyDescription("x-error-id of the answer: quote it to the vendor's support.")
          @Nullable String errorId,
      @JsonPropertyDescription("When that was first seen.") @Nullable String time) {}
}
