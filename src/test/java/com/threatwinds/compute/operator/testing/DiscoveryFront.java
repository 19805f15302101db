package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells clients what the API serves: versions, groups, resources and, for kubectl's validation and
 * {@code explain}, OpenAPI v3.
 *
 * <p>The OpenAPI documents claim {@code fieldValidation}, so that kubectl leaves validation to the
 * server, and thus needs no {@code --validate=false}.
 */
final class DiscoveryFront {

  private static final List<ResourceType> BUILT_IN =
      List.of(
          ResourceType.builtIn("", "v1", "namespaces", "Namespace", false, "ns"),
          ResourceType.builtIn("", "v1", "events", "Event", true, "ev"),
          ResourceType.builtIn("", "v1", "secrets", "Secret", true),
          ResourceType.builtIn("", "v1", "configmaps", "ConfigMap", true, "cm"),
          ResourceType.builtIn("", "v1", "serviceaccounts", "ServiceAccount", true, "sa"),
          ResourceType.builtIn("", "v1", "services", "Service", true, "svc"),
          ResourceType.builtIn("", "v1", "pods", "Pod", true, "po"),
          ResourceType.builtIn("apps", "v1", "deployments", "Deployment", true, "deploy"),
          ResourceType.builtIn("events.k8s.io", "v1", "events", "Event", true, "ev"),
          ResourceType.builtIn("coordination.k8s.io", "v1", "leases", "Lease", true),
          ResourceType.builtIn("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true),
          ResourceType.builtIn("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
          ResourceType.builtIn("rbac.authorization.k8s.io", "v1", "roles", "Role", true),
          ResourceType.builtIn(
              "rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true),
          ResourceType.builtIn(
              "rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false),
          ResourceType.builtIn(
              "rbac.authorization.k8s.io",
              "v1",
              "clusterrolebindings",
              "ClusterRoleBinding",
              false),
          ResourceType.builtIn(
              "authorization.k8s.io",
              "v1",
              "selfsubjectaccessreviews",
              "SelfSubjectAccessReview",
              false),
          ResourceType.builtIn(
              "authorization.k8s.io",
              "v1",
              "selfsubjectrulesreviews",
              "SelfSubjectRulesReview",
              false),
          ResourceType.builtIn(
              "apiextensions.k8s.io",
              "v1",
              "customresourcedefinitions",
              "CustomResourceDefinition",
              false,
              "crd",
              "crds"));

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private DiscoveryFront() {}

  /** All types, the built-in ones first. */
  static List<ResourceType> types(List<JsonNode> definitions) {
    return Stream.concat(
            BUILT_IN.stream(), definitions.stream().flatMap(crd -> ResourceType.of(crd).stream()))
        .toList();
  }

  /** The answer to a GET of a path that names no resource, if it is one of discovery. */
  static Optional<JsonNode> answer(String path, List<ResourceType> types) {
    if (path.equals("/version")) {
      return Optional.of(version());
    }
    if (path.equals("/api")) {
      ObjectNode versions = JSON.objectNode().put("kind", "APIVersions");
      versions.putArray("versions").add("v1");
      return Optional.of(versions);
    }
    if (path.equals("/apis")) {
      return Optional.of(groups(types));
    }
    if (path.equals("/openapi/v3")) {
      return Optional.of(openApiIndex(types));
    }
    for (String apiVersion : apiVersions(types)) {
      String root = rootOf(apiVersion);
      List<ResourceType> served =
          types.stream().filter(type -> type.apiVersion().equals(apiVersion)).toList();
      if (path.equals("/" + root)) {
        return Optional.of(resources(apiVersion, served));
      }
      if (path.equals("/openapi/v3/" + root)) {
        return Optional.of(openApi(root, served));
      }
      if (path.equals("/apis/" + served.getFirst().group())) {
        ObjectNode group = group(served.getFirst().group(), types);
        return Optional.of(group.put("kind", "APIGroup").put("apiVersion", "v1"));
      }
    }
    return Optional.empty();
  }

  private static JsonNode version() {
    return JSON.objectNode()
        .put("major", "1")
        .put("minor", "30")
        .put("gitVersion", "v1.30.0+fabric8.mock")
        .put("platform", System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT));
  }

  private static List<String> apiVersions(List<ResourceType> types) {
    return types.stream().map(ResourceType::apiVersion).distinct().toList();
  }

  private static String rootOf(String apiVersion) {
    return apiVersion.contains("/") ? "apis/" + apiVersion : "api/" + apiVersion;
  }

  private static JsonNode groups(List<ResourceType> types) {
    ObjectNode list = JSON.objectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode groups = list.putArray("groups");
    types.stream()
        .map(ResourceType::group)
        .filter(group -> !group.isEmpty())
        .distinct()
        .forEach(group -> groups.add(group(group, types)));
    return list;
  }

  private static ObjectNode group(String name, List<ResourceType> types) {
    List<String> versions =
        types.stream()
            .filter(type -> type.group().equals(name))
            .map(ResourceType::version)
            .distinct()
            .toList();
    ObjectNode group = JSON.objectNode().put("name", name);
    ArrayNode all = group.putArray("versions");
    versions.forEach(version -> all.add(groupVersion(name, version)));
    group.set("preferredVersion", groupVersion(name, versions.getFirst()));
    return group;
  }

  private static ObjectNode groupVersion(String group, String version) {
    return JSON.objectNode().put("groupVersion", group + "/" + version).put("version", version);
  }

  private static JsonNode resources(String apiVersion, List<ResourceType> served) {
    ObjectNode list =
        JSON.objectNode()
            .put("kind", "APIResourceList")
            .put("apiVersion", "v1")
            .put("groupVersion", apiVersion);
    ArrayNode resources = list.putArray("resources");
    for (ResourceType type : served) {
      ObjectNode resource =
          resources
              .addObject()
              .put("name", type.plural())
              .put("singularName", type.singular())
              .put("namespaced", type.namespaced())
              .put("kind", type.kind());
      add(resource, "verbs", verbs(type));
      add(resource, "shortNames", type.shortNames());
      add(resource, "categories", type.categories());
      if (type.hasStatus()) {
        ObjectNode status =
            resources
                .addObject()
                .put("name", type.plural() + "/status")
                .put("singularName", "")
                .put("namespaced", type.namespaced())
                .put("kind", type.kind());
        add(status, "verbs", List.of("get", "patch", "update"));
      }
    }
    return list;
  }

  private static List<String> verbs(ResourceType type) {
    return type.group().equals("authorization.k8s.io")
        ? List.of("create")
        : List.of(
            "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
  }

  private static void add(ObjectNode object, String key, List<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode array = object.putArray(key);
      texts.forEach(array::add);
    }
  }

  private static JsonNode openApiIndex(List<ResourceType> types) {
    ObjectNode index = JSON.objectNode();
    ObjectNode paths = index.putObject("paths");
    for (String apiVersion : apiVersions(types)) {
      String root = rootOf(apiVersion);
      paths.putObject(root).put("serverRelativeURL", "/openapi/v3/" + root);
    }
    return index;
  }

  private static JsonNode openApi(String root, List<ResourceType> served) {
    ObjectNode document = JSON.objectNode().put("openapi", "3.0.0");
    document.putObject("info").put("title", "Kubernetes").put("version", "mock");
    ObjectNode paths = document.putObject("paths");
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    for (ResourceType type : served) {
      String collection =
          "/" + root + (type.namespaced() ? "/namespaces/{namespace}/" : "/") + type.plural();
      ObjectNode patch = paths.putObject(collection + "/{name}").putObject("patch");
      patch
          .putArray("parameters")
          .addObject()
          .put("name", "fieldValidation")
          .put("in", "query")
          .putObject("schema")
          .put("type", "string");
      patch.set("x-kubernetes-group-version-kind", kindOf(type));
      patch.putObject("responses").putObject("200").put("description", "OK");
      ObjectNode get = paths.putObject(collection).putObject("get");
      get.set("x-kubernetes-group-version-kind", kindOf(type));
      get.putObject("responses").putObject("200").put("description", "OK");
      schemas.set(type.group() + "." + type.version() + "." + type.kind(), schema(type));
    }
    return document;
  }

  private static ObjectNode schema(ResourceType type) {
    JsonNode own = type.schema();
    ObjectNode schema =
        own instanceof ObjectNode known
            ? known.deepCopy()
            : JSON.objectNode().put("type", "object");
    schema.putArray("x-kubernetes-group-version-kind").add(kindOf(type));
    return schema;
  }

  private static ObjectNode kindOf(ResourceType type) {
    return JSON.objectNode()
        .put("group", type.group())
        .put("version", type.version())
        .put("kind", type.kind());
  }

  /** Everything is allowed here: the answer to a review of the caller's own access. */
  static Optional<JsonNode> review(ResourcePath path, JsonNode review) {
    if (!path.group().equals("authorization.k8s.io")) {
      return Optional.empty();
    }
    ObjectNode answer = review.deepCopy();
    if (path.plural().equals("selfsubjectaccessreviews")) {
      answer.putObject("status").put("allowed", true);
      return Optional.of(answer);
    }
    if (path.plural().equals("selfsubjectrulesreviews")) {
      ObjectNode status = answer.putObject("status").put("incomplete", false);
      ObjectNode rule = status.putArray("resourceRules").addObject();
      for (String part : List.of("verbs", "apiGroups", "resources")) {
        rule.putArray(part).add("*");
      }
      status.putArray("nonResourceRules");
      return Optional.of(answer);
    }
    return Optional.empty();
  }
}
