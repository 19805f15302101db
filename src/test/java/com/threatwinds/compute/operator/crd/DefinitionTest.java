package com.threatwinds.compute.operator.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server is told of our resources: the committed files are what is installed. */
class DefinitionTest {

  private static final String FILE = "computeinstances.compute.threatwinds.com-v1.yml";
  private static final Path COMMITTED = Path.of("crds", FILE);
  private static final Path TEMPLATES =
      Path.of("crds", "computetemplates.compute.threatwinds.com-v1.yml");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final CustomResourceDefinition definition = committed();
  private final CustomResourceDefinitionVersion version =
      definition.getSpec().getVersions().getFirst();
  private final JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
  private final JSONSchemaProps spec = root.getProperties().get("spec");
  private final JSONSchemaProps status = root.getProperties().get("status");

  static CustomResourceDefinition committed() {
    try {
      return new KubernetesSerialization()
          .unmarshal(Files.readString(COMMITTED), CustomResourceDefinition.class);
    } catch (IOException e) {
      throw new AssertionError("no " + COMMITTED + ": make crds", e);
    }
  }

  @Test
  void theCommittedFileIsWhatTheTypesGenerate(@TempDir Path directory) throws IOException {
    new CRDGenerator()
        .customResourceClasses(ComputeInstance.class, ComputeTemplate.class)
        .withPostProcessor(new DefinitionCompletion())
        .forCRDVersions("v1")
        .inOutputDir(directory.toFile())
        .generate();

    for (Path file : List.of(COMMITTED, TEMPLATES)) {
      JsonNode generated = YAML.readTree(directory.resolve(file.getFileName()).toFile());
      JsonNode committed = YAML.readTree(file.toFile());
      assertThat(committed.toPrettyString())
          .as("%s is not up to date: make crds", file)
          .isEqualTo(generated.toPrettyString());
    }
  }

  @Test
  void tellsOfTemplatesWhatTheContractSaysAndAsksNothing() throws IOException {
    var templates =
        new KubernetesSerialization()
            .unmarshal(Files.readString(TEMPLATES), CustomResourceDefinition.class)
            .getSpec();
    var only = templates.getVersions().getFirst();
    JSONSchemaProps schema = only.getSchema().getOpenAPIV3Schema();

    assertThat(templates.getScope()).isEqualTo("Cluster");
    assertThat(templates.getNames().getPlural()).isEqualTo("computetemplates");
    assertThat(templates.getNames().getShortNames()).containsExactly("ct");
    assertThat(only.getSubresources().getStatus()).isNotNull();
    assertThat(schema.getProperties()).containsOnlyKeys("status");
    assertThat(schema.getProperties().get("status").getProperties())
        .containsOnlyKeys(
            "templateId",
            "name",
            "description",
            "machineType",
            "diskSizeGb",
            "diskType",
            "image",
            "region",
            "zones",
            "defaultZone",
            "available");
    assertThat(only.getAdditionalPrinterColumns())
        .extracting(c -> c.getName() + " " + c.getJsonPath() + " " + c.getPriority())
        .containsExactly(
            "TEMPLATE .status.templateId 0",
            "MACHINE-TYPE .status.machineType 0",
            "DISK .status.diskSizeGb 0",
            "REGION .status.region 0",
            "ZONES .status.zones 0",
            "AVAILABLE .status.available 0",
            "DEFAULT-ZONE .status.defaultZone 1");
    fields(schema, "")
        .forEach(
            (path, field) -> assertThat(field.getDescription()).as(path).matches("(?s)[A-Z].*\\."));
  }

  @Test
  void namesTheResourceAsTheContractDoes() {
    assertThat(definition.getSpec().getGroup()).isEqualTo("compute.threatwinds.com");
    assertThat(definition.getSpec().getScope()).isEqualTo("Namespaced");
    assertThat(definition.getSpec().getNames().getKind()).isEqualTo("ComputeInstance");
    assertThat(definition.getSpec().getNames().getPlural()).isEqualTo("computeinstances");
    assertThat(definition.getSpec().getNames().getShortNames()).containsExactly("ci");
    assertThat(definition.getSpec().getNames().getCategories()).containsExactly("threatwinds");
    assertThat(definition.getSpec().getVersions()).hasSize(1);
    assertThat(version.getName()).isEqualTo("v1alpha1");
    assertThat(version.getServed()).isTrue();
    assertThat(version.getStorage()).isTrue();
    assertThat(version.getSubresources().getStatus()).isNotNull();
  }

  @Test
  void showsItsColumnsInOrder() {
    assertThat(columns(0))
        .containsExactly(
            "READY .status.conditions[?(@.type==\"Ready\")].status string",
            "STATE .status.state string",
            "EXTERNAL-IP .status.externalIp string",
            "ZONE .status.zone string",
            "AGE .metadata.creationTimestamp date");
    assertThat(columns(1))
        .containsExactly(
            "REASON .status.conditions[?(@.type==\"Ready\")].reason string",
            "INSTANCE-ID .status.instanceId string",
            "INTERNAL-IP .status.internalIp string",
            "TEMPLATE .spec.templateId string",
            "MACHINE-TYPE .status.machineType string",
            "POWER .spec.power string");
    assertThat(version.getAdditionalPrinterColumns())
        .extracting(CustomResourceColumnDefinition::getPriority)
        .isSorted();
  }

  private List<String> columns(int priority) {
    return version.getAdditionalPrinterColumns().stream()
        .filter(column -> column.getPriority() == priority)
        .map(c -> c.getName() + " " + c.getJsonPath() + " " + c.getType())
        .toList();
  }

  @Test
  void describesEveryFieldInASentence() {
    Map<String, JSONSchemaProps> fields = fields(root, "");

    assertThat(fields).hasSizeGreaterThan(45);
    fields.forEach(
        (path, field) ->
            assertThat(field.getDescription())
                .as("the description of %s", path)
                .isNotBlank()
                .matches("(?s)[A-Za-z].*\\.")
                .hasSizeLessThan(600));
  }

  @Test
  void givesEveryFieldAType() {
    fields(root, "").forEach((path, field) -> assertThat(field.getType()).as(path).isNotNull());
  }

  private static Map<String, JSONSchemaProps> fields(JSONSchemaProps schema, String path) {
    Map<String, JSONSchemaProps> fields = new TreeMap<>();
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach(
              (name, property) -> {
                fields.put(path + "." + name, property);
                fields.putAll(fields(property, path + "." + name));
              });
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      fields.putAll(fields(schema.getItems().getSchema(), path + "[]"));
    }
    return fields;
  }

  @Test
  void hasTheFieldsOfTheContract() {
    assertThat(spec.getProperties())
        .containsOnlyKeys(
            "templateId", "zone", "power", "powerRequestId", "instanceId", "deletionPolicy");
    assertThat(status.getProperties())
        .containsKeys(
            "observedGeneration",
            "instanceId",
            "name",
            "state",
            "zone",
            "machineType",
            "externalIp",
            "internalIp",
            "createdAt",
            "userId",
            "conditions",
            "accepted",
            "create",
            "power",
            "lastError")
        .doesNotContainKey("problem");
    assertThat(status.getProperties().get("power").getProperties())
        .containsOnlyKeys("operation", "requestId", "outcome", "time", "handledRequestIds");
    assertThat(status.getProperties().get("lastError").getProperties())
        .containsOnlyKeys("operation", "httpStatus", "message", "errorId", "time");
  }

  @Test
  void requiresASpecWithATemplateAndNothingElse() {
    assertThat(root.getRequired()).containsExactly("spec");
    assertThat(spec.getRequired()).containsExactly("templateId");
    assertThat(status.getRequired()).isNullOrEmpty();
  }

  @Test
  void knowsTheWordsOfItsEnums() {
    assertThat(words(spec, "power")).containsExactly("Reset", "Restart", "Running", "Stopped");
    assertThat(words(spec, "deletionPolicy")).containsExactly("Delete", "Retain");
    assertThat(words(status.getProperties().get("power"), "outcome"))
        .containsExactly("Accepted", "Issuing", "Rejected", "Skipped", "Unknown");
  }

  private static List<String> words(JSONSchemaProps schema, String field) {
    return schema.getProperties().get(field).getEnum().stream().map(JsonNode::asText).toList();
  }

  @Test
  void keepsConditionsAsAMapByTypeWithTheFieldsOfTheirConvention() {
    JSONSchemaProps conditions = status.getProperties().get("conditions");

    assertThat(conditions.getType()).isEqualTo("array");
    assertThat(conditions.getXKubernetesListType()).isEqualTo("map");
    assertThat(conditions.getXKubernetesListMapKeys()).containsExactly("type");
    assertThat(conditions.getItems().getSchema().getRequired())
        .containsExactlyInAnyOrder("type", "status", "reason", "message", "lastTransitionTime");
    assertThat(conditions.getItems().getSchema().getProperties())
        .containsOnlyKeys(
            "type", "status", "reason", "message", "lastTransitionTime", "observedGeneration");
  }

  @Test
  void givesTimesAndNumbersAFormat() {
    Map<String, String> formats =
        fields(root, "").entrySet().stream()
            .filter(field -> field.getValue().getFormat() != null)
            .collect(Collectors.toMap(Map.Entry::getKey, field -> field.getValue().getFormat()));

    assertThat(formats)
        .containsOnly(
            Map.entry(".status.createdAt", "date-time"),
            Map.entry(".status.create.startedAt", "date-time"),
            Map.entry(".status.power.time", "date-time"),
            Map.entry(".status.lastError.time", "date-time"),
            Map.entry(".status.conditions[].lastTransitionTime", "date-time"),
            Map.entry(".status.conditions[].observedGeneration", "int64"),
            Map.entry(".status.observedGeneration", "int64"),
            Map.entry(".status.lastError.httpStatus", "int32"));
    List<String> numbers = new ArrayList<>();
    fields(root, "")
        .forEach(
            (path, field) -> {
              if ("integer".equals(field.getType())) {
                numbers.add(path);
              }
            });
    assertThat(formats).containsKeys(numbers.toArray(String[]::new));
  }

  @Test
  void boundsWhatUsersWrite() {
    assertThat(spec.getProperties().get("powerRequestId").getMaxLength()).isEqualTo(63);
    assertThat(spec.getProperties().get("templateId").getPattern())
        .isEqualTo("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$");
    assertThat(spec.getProperties().get("instanceId").getPattern())
        .isEqualTo("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$");
    assertThat(spec.getProperties().get("zone").getPattern())
        .isEqualTo("^[a-z0-9][a-z0-9-]{0,62}$");
  }

  @ParameterizedTest
  @CsvSource({
    "templateId, web-small",
    "templateId, 7",
    "templateId, A.b_c-D",
    "zone, us-central1-a",
    "zone, 1",
    "instanceId, i-1",
    "instanceId, 8c7c0d1e-8f3a-4b2b-9a51-9d2b4c1f0a55",
  })
  void acceptsWhatFitsItsPattern(String field, String value) {
    assertThat(value).matches(pattern(field));
  }

  @ParameterizedTest
  @CsvSource({
    "templateId, ''",
    "templateId, -a",
    "templateId, a/b",
    "templateId, a b",
    "zone, ''",
    "zone, A",
    "zone, -a",
    "zone, a_b",
    "instanceId, ''",
    "instanceId, ../a",
    "instanceId, a?b",
  })
  void refusesWhatDoesNotFitItsPattern(String field, String value) {
    assertThat(value).doesNotMatch(pattern(field));
  }

  @ParameterizedTest
  @ValueSource(strings = {"templateId", "instanceId"})
  void refusesIdsOfMoreThan128Characters(String field) {
    assertThat("a".repeat(128)).matches(pattern(field));
    assertThat("a".repeat(129)).doesNotMatch(pattern(field));
  }

  @Test
  void refusesZonesOfMoreThan63Characters() {
    assertThat("a".repeat(63)).matches(pattern("zone"));
    assertThat("a".repeat(64)).doesNotMatch(pattern("zone"));
  }

  private Pattern pattern(String field) {
    return Pattern.compile(spec.getProperties().get(field).getPattern());
  }
}
