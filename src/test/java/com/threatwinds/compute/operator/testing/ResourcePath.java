package com.threatwinds.compute.operator.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The path of a resource or of a collection in the Kubernetes API.
 *
 * @param group empty for the core group
 * @param namespace null for what is cluster-scoped, and for a collection over all namespaces
 * @param name null for a collection
 */
public record ResourcePath(
    String group,
    String version,
    String plural,
    @Nullable String namespace,
    @Nullable String name,
    @Nullable String subresource) {

  public static Optional<ResourcePath> parse(String path) {
    List<String> parts = Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
    if (parts.size() >= 3 && parts.getFirst().equals("api")) {
      return of("", parts.get(1), parts.subList(2, parts.size()));
    }
    if (parts.size() >= 4 && parts.getFirst().equals("apis")) {
      return of(parts.get(1), parts.get(2), parts.subList(3, parts.size()));
    }
    return Optional.empty();
  }

  private static Optional<ResourcePath> of(String group, String version, List<String> rest) {
    boolean namespaced = rest.size() >= 3 && rest.getFirst().equals("namespaces");
    List<String> own = namespaced ? rest.subList(2, rest.size()) : rest;
    if (own.size() > 3) {
      return Optional.empty();
    }
    return Optional.of(
        new ResourcePath(
            group,
            version,
            own.getFirst(),
            namespaced ? rest.get(1) : null,
            own.size() > 1 ? own.get(1) : null,
            own.size() > 2 ? own.get(2) : null));
  }

  ResourcePath named(String objectName) {
    return new ResourcePath(group, version, plural, namespace, objectName, subresource);
  }

  /** The path of the object itself, or of the collection: no subresource, no query. */
  public String ofObject() {
    return (group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version)
        + (namespace == null ? "" : "/namespaces/" + namespace)
        + "/"
        + plural
        + (name == null ? "" : "/" + name);
  }

  boolean isStatus() {
    return "status".equals(subresource);
  }
}
