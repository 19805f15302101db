package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * What the user asks for. The operator never writes it.
 *
 * <p>Read leniently: a value that can't be understood becomes a {@link #problem} and not an
 * exception, since one resource that can't be decoded would stop the informer, and with it the work
 * on all others.
 *
 * @param problem why the spec can't be understood, in words for a person; null if it can. Not part
 *     of the schema.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonDeserialize(using = SpecReader.class)
@ValidationRule(
    value = "self.templateId == oldSelf.templateId",
    message =
        "templateId can't be changed: delete this ComputeInstance and create one with the other"
            + " template")
@ValidationRule(
    value = "has(self.zone) == has(oldSelf.zone) && (!has(self.zone) || self.zone == oldSelf.zone)",
    message =
        "zone can't be changed, added or removed: delete this ComputeInstance and create one in"
            + " the other zone")
@ValidationRule(
    value =
        "has(self.instanceId) == has(oldSelf.instanceId) && (!has(self.instanceId) ||"
            + " self.instanceId == oldSelf.instanceId)",
    message =
        "instanceId can't be changed, added or removed: create another ComputeInstance for the"
            + " other instance")
public record ComputeInstanceSpec(
    @Required
        @Pattern(SpecReader.TEMPLATE_ID)
        @JsonPropertyDescription(
            "Template that the instance is made of: its image, machine type and disk. Can't be"
                + " changed. Required also beside instanceId, where it must match.")
        @Nullable String templateId,
    @Pattern(SpecReader.ZONE)
        @JsonPropertyDescription(
            "Zone that the instance runs in, one of the template's zones. Without it the API"
                + " chooses: zone a of the template's region. Can't be changed, added or removed.")
        @Nullable String zone,
    @JsonPropertyDescription(
            "Running and Stopped are states: the operator starts what is stopped and stops what"
                + " runs, also when someone else changed it. Restart and Reset ask for one hard"
                + " reset, once for each change to that value or for each new powerRequestId under"
                + " it, and mean Running from then on. Without a value the operator never touches"
                + " power.")
        @Nullable Power power,
    @Size(max = 63)
        @JsonPropertyDescription(
            "Names one restart or reset: a new value asks for another one, and a value that was"
                + " handled before never does, not even after a revert.")
        @Nullable String powerRequestId,
    @Pattern(SpecReader.INSTANCE_ID)
        @JsonPropertyDescription(
            "Existing instance to take over instead of creating one, where the operator's settings"
                + " allow it. Can't be changed, added or removed.")
        @Nullable String instanceId,
    @JsonPropertyDescription(
            "What becomes of the instance when this resource is deleted. Without a value: Delete"
                + " for an instance that the operator created, Retain for one taken over.")
        @Nullable DeletionPolicy deletionPolicy,
    @JsonIgnore @Nullable String problem) {

  /** Whether {@code templateId} may be that. */
  public static boolean isTemplateId(String text) {
    return text.matches(SpecReader.TEMPLATE_ID);
  }

  /** Whether {@code zone} may be that. */
  public static boolean isZone(String text) {
    return text.matches(SpecReader.ZONE);
  }
}
