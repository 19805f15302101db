package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A template that a {@link ComputeInstance} can be made of, as the API offers it. Written by the
 * operator alone; there is nothing to ask for, so there is no spec.
 */
@Group(ComputeInstance.GROUP)
@Version("v1alpha1")
@Singular("computetemplate")
@Plural("computetemplates")
@ShortNames("ct")
@Categories("threatwinds")
@JsonClassDescription("A template of the ThreatWinds Compute API, kept by the operator.")
@AdditionalPrinterColumn(name = "TEMPLATE", jsonPath = ".status.templateId")
@AdditionalPrinterColumn(name = "MACHINE-TYPE", jsonPath = ".status.machineType")
@AdditionalPrinterColumn(
    name = "DISK",
    jsonPath = ".status.diskSizeGb",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "REGION", jsonPath = ".status.region")
@AdditionalPrinterColumn(name = "ZONES", jsonPath = ".status.zones")
@AdditionalPrinterColumn(
    name = "AVAILABLE",
    jsonPath = ".status.available",
    type = AdditionalPrinterColumn.Type.BOOLEAN)
@AdditionalPrinterColumn(name = "DEFAULT-ZONE", jsonPath = ".status.defaultZone", priority = 1)
public final class ComputeTemplate extends CustomResource<Void, ComputeTemplateStatus> {

  private static final long serialVersionUID = 1L;
}
