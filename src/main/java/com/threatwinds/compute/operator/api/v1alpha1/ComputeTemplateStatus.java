package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the API offers under one template id. Every component may be absent. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ComputeTemplateStatus(
    @JsonPropertyDescription("Id of the template: what spec.templateId of a ComputeInstance names.")
        @Nullable String templateId,
    @JsonPropertyDescription("Name of the template, for people.") @Nullable String name,
    @JsonPropertyDescription("What the template is, in the API's words.")
        @Nullable String description,
    @JsonPropertyDescription("Machine type of its instances.") @Nullable String machineType,
    @JsonPropertyDescription("Size of their disk in gigabytes.") @Nullable Long diskSizeGb,
    @JsonPropertyDescription("Type of their disk.") @Nullable String diskType,
    @JsonPropertyDescription("Image that the disk is made of.") @Nullable String image,
    @JsonPropertyDescription("Region that it belongs to.") @Nullable String region,
    @JsonPropertyDescription("Zones that spec.zone of a ComputeInstance may name with it.")
        @Nullable List<String> zones,
    @JsonPropertyDescription("Zone of an instance whose spec names none.")
        @Nullable String defaultZone,
    @JsonPropertyDescription(
            "Whether the API offers it. One that it offers no longer is kept while a"
                + " ComputeInstance names it, and removed some time after that.")
        @Nullable Boolean available) {

  /** The status of a template that was made by somebody else than the operator. */
  public static final ComputeTemplateStatus NONE =
      new ComputeTemplateStatus(null, null, null, null, null, null, null, null, null, null, null);

  /** The same, no longer offered. */
  public ComputeTemplateStatus unavailable() {
    return new ComputeTemplateStatus(
        templateId,
        name,
        description,
        machineType,
        diskSizeGb,
        diskType,
        image,
        region,
        zones,
        defaultZone,
        false);
  }
}
