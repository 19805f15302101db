package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One instance of the ThreatWinds Compute API, as a user asks for it. */
@Group(ComputeInstance.GROUP)
@Version("v1alpha1")
@Singular("computeinstance")
@Plural("computeinstances")
@ShortNames("ci")
@Categories("threatwinds")
@JsonClassDescription("One instance of the ThreatWinds Compute API.")
@AdditionalPrinterColumn(
    name = "READY",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "STATE", jsonPath = ".status.state")
@AdditionalPrinterColumn(name = "EXTERNAL-IP", jsonPath = ".status.externalIp")
@AdditionalPrinterColumn(name = "ZONE", jsonPath = ".status.zone")
@AdditionalPrinterColumn(
    name = "AGE",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "REASON",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    priority = 1)
@AdditionalPrinterColumn(name = "INSTANCE-ID", jsonPath = ".status.instanceId", priority = 1)
@AdditionalPrinterColumn(name = "INTERNAL-IP", jsonPath = ".status.internalIp", priority = 1)
@AdditionalPrinterColumn(name = "TEMPLATE", jsonPath = ".spec.templateId", priority = 1)
@AdditionalPrinterColumn(name = "MACHINE-TYPE", jsonPath = ".status.machineType", priority = 1)
@AdditionalPrinterColumn(name = "POWER", jsonPath = ".spec.power", priority = 1)
public final class ComputeInstance
    extends CustomResource<ComputeInstanceSpec, ComputeInstanceStatus> implements Namespaced {

  private static final long serialVersionUID = 1L;

  /** The API group, and the prefix of all that is ours in metadata. */
  public static final String GROUP = "compute.threatwinds.com";

  /** Held while there is, or may be, an instance to look after. */
  public static final String FINALIZER = GROUP + "/instance";
}
