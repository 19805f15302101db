package com.threatwinds.compute.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One value of one property of a resource, as somebody may write it on a server that checks no
 * schema. The properties, and what is valid, are those of the definition and the annotations.
 *
 * @param property of {@code spec}, {@code spec} itself, or an annotation
 * @param value null if the property is not there
 */
record Input(String property, @Nullable JsonNode value) {

  static final String SPEC = "spec";

  /** An instance of the account that resources may take over. */
  static final String EXISTING = "x-1";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final KubernetesSerialization KUBERNETES = new KubernetesSerialization();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JSONSchemaProps SCHEMA = schema();

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "\t \n",
          "a".repeat(64),
          "a".repeat(10_000),
          "\u00e9".repeat(10_000),
          "a\nb",
          "a\r\nlevel=ERROR forged=true",
          "a\n",
          "\u0000",
          "\u001b[31mred\u001b[0m",
          "\u202egnp.exe",
          "\u2028",
          "\ufeff\ue000",
          "caf\u00e9",
          "\ud83d\ude80",
          "../../admin",
          "%0d%0aX: y",
          "${jndi:ldap://x}",
          "a/b",
          "-a",
          "running",
          "Sideways",
          "Running",
          "Stopped",
          "Restart",
          "Reset",
          "Retain",
          "true",
          "null",
          "7",
          "small",
          "adopt:x-foreign",
          "retry:");

  private static final List<JsonNode> OTHER_TYPES =
      List.of(
          NODES.nullNode(),
          NODES.booleanNode(true),
          NODES.booleanNode(false),
          NODES.numberNode(0),
          NODES.numberNode(-1),
          NODES.numberNode(1.5),
          NODES.numberNode(BigInteger.TEN.pow(300)),
          NODES.numberNode(new BigDecimal("1e308")),
          NODES.objectNode(),
          NODES.objectNode().set("a", NODES.objectNode().set("b", NODES.arrayNode().add(1))),
          NODES.arrayNode(),
          NODES.arrayNode().add("small"));

  private static JSONSchemaProps schema() {
    try {
      Path definition = Path.of("crds", "computeinstances." + ComputeInstance.GROUP + "-v1.yml");
      return KUBERNETES
          .unmarshal(Files.readString(definition), CustomResourceDefinition.class)
          .getSpec()
          .getVersions()
          .getFirst()
          .getSchema()
          .getOpenAPIV3Schema()
          .getProperties()
          .get(SPEC);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The properties of a spec. */
  static Set<String> properties() {
    return new TreeSet<>(SCHEMA.getProperties().keySet());
  }

  /** The annotations that mean something. */
  static Set<String> annotations() {
    Set<String> keys = new TreeSet<>();
    for (Field constant : Annotations.class.getFields()) {
      try {
        keys.add((String) constant.get(null));
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
    return keys;
  }

  /**
   * Every property with every value. The values of annotations are text: the server itself decodes
   * metadata, and refuses anything else.
   */
  static List<Input> all() {
    List<Input> all = new ArrayList<>();
    Set<String> ofSpec = properties();
    ofSpec.add(SPEC);
    for (String property : ofSpec) {
      all.add(new Input(property, null));
      TEXTS.forEach(text -> all.add(new Input(property, NODES.textNode(text))));
      OTHER_TYPES.forEach(value -> all.add(new Input(property, value)));
    }
    for (String annotation : annotations()) {
      TEXTS.forEach(text -> all.add(new Input(annotation, NODES.textNode(text))));
    }
    return all;
  }

  static Input of(String property, @Nullable String text) {
    return new Input(property, text == null ? null : NODES.textNode(text));
  }

  boolean isAnnotation() {
    return property.startsWith(ComputeInstance.GROUP);
  }

  /** The resource that this input is put into, which is as it should be. */
  ObjectNode base() {
    Map<String, String> spec = new LinkedHashMap<>();
    spec.put("templateId", ModelApi.TEMPLATE);
    spec.put("zone", ModelApi.ZONE);
    spec.put("power", property.equals("powerRequestId") ? "Restart" : "Running");
    spec.put("powerRequestId", "r-1");
    spec.put("deletionPolicy", "Delete");
    if (property.equals("instanceId")) {
      spec.put("instanceId", EXISTING);
    }
    return document(spec);
  }

  static ObjectNode document(Map<String, String> spec) {
    ObjectNode document = NODES.objectNode();
    document.put("apiVersion", ComputeInstance.GROUP + "/v1alpha1").put("kind", "ComputeInstance");
    ObjectNode metadata = document.putObject("metadata");
    metadata.put("namespace", "default").put("name", "web").put("uid", "uid-web");
    metadata.put("generation", 1).put("resourceVersion", "1");
    metadata.put("creationTimestamp", Wish.CREATED);
    metadata.putArray("finalizers").add(ComputeInstance.FINALIZER);
    metadata.putObject("annotations");
    document.set(SPEC, JSON.valueToTree(spec));
    return document;
  }

  /** The resource with this input. */
  ObjectNode in(ObjectNode document) {
    ObjectNode changed = document.deepCopy();
    ObjectNode parent =
        property.equals(SPEC)
            ? changed
            : changed.withObject(isAnnotation() ? "/metadata/annotations" : "/" + SPEC);
    if (value == null) {
      parent.remove(property);
    } else {
      parent.set(property, value);
    }
    return changed;
  }

  static ObjectNode deleted(ObjectNode document) {
    ObjectNode deleted = document.deepCopy();
    ((ObjectNode) deleted.path("metadata")).put("deletionTimestamp", Wish.DELETED);
    return deleted;
  }

  /** As the client decodes it. */
  static ComputeInstance decode(ObjectNode document) {
    return KUBERNETES.unmarshal(document.toString(), ComputeInstance.class);
  }

  static JsonNode encode(ComputeInstance resource) {
    try {
      return JSON.readTree(KUBERNETES.asJson(resource));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of it; null for what counts as absent. */
  @Nullable String text() {
    boolean absent =
        value == null
            || value.isNull()
            || (property.equals("powerRequestId") && value.asText("x").isEmpty());
    return absent ? null : Objects.requireNonNull(value).asText();
  }

  /** Whether the definition's schema refuses it, a {@code null} counting as absent. */
  boolean isInvalid() {
    if (isAnnotation()) {
      return false;
    }
    if (property.equals(SPEC)) {
      return true; // None of the values is an object that has what is required.
    }
    JSONSchemaProps schema = SCHEMA.getProperties().get(property);
    if (value == null || value.isNull()) {
      return SCHEMA.getRequired().contains(property);
    }
    if (!schema.getType().equals("string")) {
      throw new AssertionError("values of type " + schema.getType() + " are none of those here");
    }
    return !value.isTextual()
        || (schema.getPattern() != null
            && !Pattern.compile(schema.getPattern()).matcher(value.textValue()).matches())
        || (schema.getMaxLength() != null
            && value.textValue().codePointCount(0, value.textValue().length())
                > schema.getMaxLength())
        || !(schema.getEnum().isEmpty() || schema.getEnum().contains(value));
  }

  /** Whether nobody can tell any more what is to become of the instance. */
  boolean hidesThePolicy() {
    return (property.equals(SPEC) && value != null && !value.isNull() && !value.isObject())
        || (property.equals("deletionPolicy") && isInvalid());
  }

  @Override
  public String toString() {
    String shown = value == null ? "absent" : value.toString();
    return property + "=" + (shown.length() > 60 ? shown.substring(0, 60) + "…" : shown);
  }

  /** Every text in it. */
  static List<String> textsOf(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node.isTextual()) {
      texts.add(node.textValue());
    }
    node.forEach(child -> texts.addAll(textsOf(child)));
    return texts;
  }

  /** Whether it may stand in a status, an event or a line of a log. */
  static boolean isPresentable(String text) {
    return text.length() <= 2_000
        && text.codePoints()
            .map(Character::getType)
            .noneMatch(
                type ->
                    Arrays.<Byte>asList(
                            Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR)
                        .contains((byte) type));
  }
}
