package com.threatwinds.compute.operator.crd;

import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Adds what the generator can't know: a spec is required, columns have an order, integers and times
 * a format, and conditions are a map by type (Kubernetes API conventions, "Typical status
 * properties").
 */
public final class DefinitionCompletion implements CRDPostProcessor {

  private static final List<String> COLUMNS =
      List.of(
          "READY",
          "STATE",
          "EXTERNAL-IP",
          "ZONE",
          "AGE",
          "REASON",
          "INSTANCE-ID",
          "INTERNAL-IP",
          "TEMPLATE",
          "MACHINE-TYPE",
          "POWER");

  private static final List<String> TEMPLATE_COLUMNS =
      List.of("TEMPLATE", "MACHINE-TYPE", "DISK", "REGION", "ZONES", "AVAILABLE", "DEFAULT-ZONE");

  private static final List<String> TIMES =
      List.of("createdAt", "startedAt", "time", "lastTransitionTime");

  private static final Map<String, String> CONDITION_FIELDS =
      Map.of(
          "type", "Ready, Reconciling or Stalled.",
          "status", "True, False or Unknown.",
          "reason", "Why, in one word for programs.",
          "message", "Why, in a sentence for people.",
          "observedGeneration", "Generation of the spec that this condition is about.",
          "lastTransitionTime", "When status last changed.");

  @Override
  public HasMetadata process(HasMetadata definition, String specVersion) {
    var spec = ((CustomResourceDefinition) definition).getSpec();
    Consumer<CustomResourceDefinitionVersion> completion =
        switch (spec.getNames().getKind()) {
          case "ComputeInstance" -> DefinitionCompletion::completeInstance;
          case "ComputeTemplate" -> DefinitionCompletion::completeTemplate;
          default -> throw new IllegalArgumentException(spec.getNames().getKind());
        };
    spec.getVersions().forEach(completion);
    return definition;
  }

  private static void completeTemplate(CustomResourceDefinitionVersion version) {
    order(version, TEMPLATE_COLUMNS);
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    root.getProperties().remove("spec"); // There is nothing to ask for.
    root.setDescription("A template that a ComputeInstance can be made of; kept by the operator.");
    root.getProperties().get("status").setDescription("What the API offers under its id.");
    formats(root);
  }

  private static void completeInstance(CustomResourceDefinitionVersion version) {
    order(version, COLUMNS);
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    root.setDescription("One instance of the ThreatWinds Compute API.");
    root.setRequired(List.of("spec"));
    root.getProperties().get("spec").setDescription("What you ask for.");
    JSONSchemaProps status = root.getProperties().get("status");
    status.setDescription("What the operator knows; written by it alone.");
    formats(root);
    JSONSchemaProps conditions = status.getProperties().get("conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setDescription("One aspect of the instance's state.");
    condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
    CONDITION_FIELDS.forEach(
        (field, description) -> condition.getProperties().get(field).setDescription(description));
  }

  private static void order(CustomResourceDefinitionVersion version, List<String> columns) {
    version
        .getAdditionalPrinterColumns()
        .sort(Comparator.comparingInt(column -> columns.indexOf(column.getName())));
  }

  private static void formats(JSONSchemaProps schema) {
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach(
              (name, property) -> {
                if ("integer".equals(property.getType())) {
                  property.setFormat(name.equals("httpStatus") ? "int32" : "int64");
                }
                if (TIMES.contains(name)) {
                  property.setFormat("date-time");
                }
                formats(property);
              });
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      formats(schema.getItems().getSchema());
    }
  }
}
