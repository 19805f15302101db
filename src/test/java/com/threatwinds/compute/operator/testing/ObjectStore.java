package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.crud.AttributeSet;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The CRUD part of Fabric8's mock server, with a history of changes on top.
 *
 * <p>The mock's own watches begin with everything that exists, whatever resource version was asked
 * for, and are WebSockets only; the history lets a watch begin where its list ended, over any
 * transport. Used by one thread.
 */
final class ObjectStore extends KubernetesCrudDispatcher {

  /** How many changes a watch may lie behind before it is told to list again. */
  static final int HISTORY = 20_000;

  enum ChangeType {
    ADDED,
    MODIFIED,
    DELETED
  }

  /**
   * @param before null if added
   * @param object as it is now; if deleted, as it was last
   */
  record Change(
      long version,
      ChangeType type,
      ResourcePath path,
      @Nullable JsonNode before,
      JsonNode object) {}

  /** What the mock answered; the object after a write is in the change that it made. */
  record Written(int status, String body, Optional<Change> change) {}

  /** By path, as they are now: the mock looks through all of them for each. */
  private final Map<String, ObjectNode> objects = new HashMap<>();

  private final Deque<Change> history = new ArrayDeque<>();
  private final List<Consumer<Change>> listeners = new ArrayList<>();
  private long forgotten;
  private @Nullable Change last;

  Optional<ObjectNode> get(ResourcePath path) {
    return Optional.ofNullable(objects.get(path.ofObject())).map(ObjectNode::deepCopy);
  }

  /** A collection in the order of a real server: by namespace and name. */
  List<JsonNode> list(ResourcePath path) {
    List<JsonNode> items = new ArrayList<>();
    Json.object(bodyOf(send(HttpMethod.GET, path.ofObject(), null)))
        .path("items")
        .forEach(items::add);
    items.sort(
        (a, b) -> {
          int byNamespace = meta(a, "namespace").compareTo(meta(b, "namespace"));
          return byNamespace != 0 ? byNamespace : meta(a, "name").compareTo(meta(b, "name"));
        });
    return items;
  }

  /** The version of the newest change. */
  long version() {
    return Json.object(bodyOf(send(HttpMethod.GET, "/api/v1/nothing", null)))
        .path("metadata")
        .path("resourceVersion")
        .asLong();
  }

  Written write(HttpMethod method, String path, @Nullable JsonNode body) {
    last = null;
    MockResponse response = send(method, path, body);
    return new Written(response.code(), bodyOf(response), Optional.ofNullable(last));
  }

  /** What was changed after that version; empty if that is no longer known. */
  Optional<List<Change>> since(long version) {
    return version < forgotten
        ? Optional.empty()
        : Optional.of(history.stream().filter(change -> change.version() > version).toList());
  }

  void listen(Consumer<Change> listener) {
    listeners.add(listener);
  }

  void forget(Consumer<Change> listener) {
    listeners.remove(listener);
  }

  /** A copy, to try a write on. */
  ObjectStore copy(List<JsonNode> definitions) {
    ObjectStore copy = new ObjectStore();
    copy.map.putAll(map);
    copy.objects.putAll(objects);
    for (JsonNode definition : definitions) {
      copy.expectCustomResource(
          io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext.fromCrd(
              Serialization.unmarshal(
                  definition.toString(),
                  io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition
                      .class)));
    }
    return copy;
  }

  @Override
  public void processEvent(
      String path,
      AttributeSet pathAttributes,
      @Nullable AttributeSet oldAttributes,
      @Nullable GenericKubernetesResource resource,
      @Nullable String newState) {
    String oldState = oldAttributes == null ? null : map.get(oldAttributes);
    JsonNode before = oldState == null ? null : Json.object(oldState);
    ObjectNode after = newState == null ? null : mend(before, Json.object(newState));
    String mended = after == null ? null : after.toString();
    super.processEvent(path, pathAttributes, oldAttributes, resource, mended);
    // like a real server, the mock leaves the version of what a write doesn't change
    if (before == null || after == null || versionOf(before) != versionOf(after)) {
      record(ResourcePath.parse(path).orElseThrow(), before, after);
    }
  }

  /** What a real server does and the mock leaves out. */
  private static ObjectNode mend(@Nullable JsonNode before, ObjectNode after) {
    ObjectNode metadata = (ObjectNode) after.path("metadata");
    if (metadata.path("namespace").isNull()) {
      metadata.remove("namespace");
    }
    boolean marked =
        before != null
            && !before.path("metadata").has("deletionTimestamp")
            && metadata.has("deletionTimestamp");
    if (marked) {
      metadata.put("generation", before.path("metadata").path("generation").asLong() + 1);
      metadata.put("deletionGracePeriodSeconds", 0);
    }
    return after;
  }

  private void record(ResourcePath path, @Nullable JsonNode before, @Nullable ObjectNode after) {
    ChangeType type =
        before == null
            ? ChangeType.ADDED
            : after == null ? ChangeType.DELETED : ChangeType.MODIFIED;
    ObjectNode object = after == null ? Objects.requireNonNull(before).deepCopy() : after;
    String key = path.named(meta(object, "name")).ofObject(); // A create names only the collection.
    if (after != null) {
      objects.put(key, after);
    } else {
      objects.remove(key);
      ((ObjectNode) object.path("metadata"))
          .put("resourceVersion", String.valueOf(requestResourceVersion()));
    }
    long version = versionOf(object);
    Change change = new Change(version, type, path, before, object);
    last = change;
    history.addLast(change);
    if (history.size() > HISTORY) {
      forgotten = history.removeFirst().version();
    }
    List.copyOf(listeners).forEach(listener -> listener.accept(change));
  }

  private MockResponse send(HttpMethod method, String path, @Nullable JsonNode body) {
    Headers headers = Headers.builder().add("Content-Type", "application/json").build();
    byte[] bytes = body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
    return dispatch(new RecordedRequest("HTTP/1.1", method, path, headers, new Buffer(bytes)));
  }

  private static String bodyOf(MockResponse response) {
    return response.getBody() == null
        ? ""
        : new String(response.getBody().getBytes(), StandardCharsets.UTF_8);
  }

  static long versionOf(JsonNode object) {
    return object.path("metadata").path("resourceVersion").asLong();
  }

  private static String meta(JsonNode object, String key) {
    return object.path("metadata").path(key).asText();
  }
}
