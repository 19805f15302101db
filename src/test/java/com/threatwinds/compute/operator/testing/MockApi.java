package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.testing.ObjectStore.Change;
import com.threatwinds.compute.operator.testing.ObjectStore.ChangeType;
import com.threatwinds.compute.operator.testing.ObjectStore.Written;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Requests of the Kubernetes API, answered from the store; mends what the mock does otherwise than
 * a real server wherever a client could tell.
 *
 * <p>Every patch is applied here and stored as an update, since the mock's own merge patch appends
 * to lists, and its JSON patch makes the parents that a real server misses. Used by one thread.
 */
final class MockApi {

  /**
   * @param path without the query
   * @param accept the {@code Accept} header, empty if none
   * @param contentType empty if none
   * @param body null if there is none, or none that is JSON
   */
  record Request(
      HttpMethod method,
      String path,
      Map<String, String> query,
      String accept,
      String contentType,
      @Nullable JsonNode body) {

    boolean isWatch() {
      String watch = query.getOrDefault("watch", "false");
      return method == HttpMethod.GET && (watch.equals("true") || watch.equals("1"));
    }

    boolean isDryRun() {
      return query.containsKey("dryRun");
    }

    boolean wantsTable() {
      return accept.contains("as=Table");
    }
  }

  record Answer(int status, JsonNode body) {}

  private record Refused(int status, String reason, String message) {}

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ResourcePath DEFINITIONS =
      ResourcePath.parse("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").orElseThrow();

  private final ObjectStore store = new ObjectStore();
  private List<ResourceType> types = DiscoveryFront.types(List.of());

  MockApi() {
    store.listen(
        change -> {
          if (change.path().plural().equals(DEFINITIONS.plural())) {
            types = DiscoveryFront.types(store.list(DEFINITIONS));
          }
        });
  }

  Answer answer(Request request) {
    if (request.method() == HttpMethod.GET) {
      Optional<JsonNode> discovery = DiscoveryFront.answer(request.path(), types);
      if (discovery.isPresent()) {
        return new Answer(200, discovery.get());
      }
    }
    Optional<ResourcePath> path = ResourcePath.parse(request.path());
    Optional<ResourceType> type = path.flatMap(this::typeOf);
    if (path.isEmpty() || type.isEmpty()) {
      return failure(
          new Refused(404, "NotFound", "the server could not find the requested resource"));
    }
    try {
      return answer(request, path.get(), type.get());
    } catch (RefusedException e) {
      return failure(e.refused);
    }
  }

  private Answer answer(Request request, ResourcePath path, ResourceType type)
      throws RefusedException {
    return switch (request.method()) {
      case GET -> read(request, path, type);
      case POST -> create(request, path, type);
      case PUT -> new Answer(200, replace(request, path, type, bodyOf(request)));
      case PATCH -> patch(request, path, type);
      case DELETE -> delete(request, path, type);
      case OPTIONS, CONNECT, ANY -> throw refuse(405, "MethodNotAllowed", "not allowed");
    };
  }

  private Optional<ResourceType> typeOf(ResourcePath path) {
    return types.stream().filter(type -> type.serves(path)).findFirst();
  }

  private Answer read(Request request, ResourcePath path, ResourceType type)
      throws RefusedException {
    View view = View.of(path);
    if (path.name() != null) {
      JsonNode object = view.show(existing(view.stored(), type));
      return new Answer(
          200,
          request.wantsTable()
              ? Tables.of(type, List.of(object), versionText(object), true)
              : object);
    }
    Predicate<JsonNode> selected = selectorOf(request);
    List<JsonNode> items =
        store.list(view.stored()).stream().map(view::show).filter(selected).toList();
    String version = String.valueOf(store.version());
    return new Answer(
        200,
        request.wantsTable() ? Tables.of(type, items, version, true) : list(type, items, version));
  }

  private static JsonNode list(ResourceType type, List<JsonNode> items, String version) {
    ObjectNode list = JSON.objectNode();
    list.put("apiVersion", type.apiVersion()).put("kind", type.kind() + "List");
    list.putObject("metadata").put("resourceVersion", version);
    ArrayNode array = list.putArray("items");
    items.forEach(array::add);
    return list;
  }

  private Answer create(Request request, ResourcePath path, ResourceType type)
      throws RefusedException {
    ObjectNode object = bodyOf(request).deepCopy();
    Optional<JsonNode> review = DiscoveryFront.review(path, object);
    if (review.isPresent()) {
      return new Answer(201, review.get());
    }
    ObjectNode metadata = object.withObject("/metadata");
    if (!metadata.has("name") && metadata.has("generateName")) {
      String suffix = UUID.randomUUID().toString().substring(0, 5);
      metadata.put("name", metadata.path("generateName").asText() + suffix);
    }
    if (type.kind().equals("CustomResourceDefinition")) {
      establish(object);
    }
    String name = metadata.path("name").asText();
    Written written = storeFor(request).write(HttpMethod.POST, path.ofObject(), object);
    if (written.status() == 409) {
      throw refuse(409, "AlreadyExists", named(type, name) + " already exists");
    }
    return new Answer(201, changed(written, object));
  }

  /** A real server does so a moment later; clients wait for it. */
  private static void establish(ObjectNode definition) {
    ObjectNode status = definition.putObject("status");
    ArrayNode conditions = status.putArray("conditions");
    for (String condition : List.of("NamesAccepted", "Established")) {
      conditions
          .addObject()
          .put("type", condition)
          .put("status", "True")
          .put("reason", "Mock")
          .put("message", "accepted as it is");
    }
    status.set("acceptedNames", definition.path("spec").path("names"));
    ArrayNode stored = status.putArray("storedVersions");
    definition.path("spec").path("versions").forEach(version -> stored.add(version.path("name")));
  }

  private JsonNode replace(
      Request request, ResourcePath path, ResourceType type, JsonNode replacement)
      throws RefusedException {
    ObjectNode current = existing(path, type);
    ObjectNode object = replacement.deepCopy();
    ObjectNode metadata = object.withObject("/metadata");
    String basedOn = metadata.path("resourceVersion").asText();
    if (type.custom() && basedOn.isEmpty()) {
      throw refuse(
          422,
          "Invalid",
          named(type, nameOf(path)) + " is invalid: metadata.resourceVersion: must be specified");
    }
    // the mock looks at the version, too, but not in a write of the status
    if (!basedOn.isEmpty() && !basedOn.equals(versionText(current))) {
      throw refuse(
          409,
          "Conflict",
          "Operation cannot be fulfilled on "
              + named(type, nameOf(path))
              + ": the object has been modified; please apply your changes to the latest version"
              + " and try again");
    }
    for (String fixed : List.of("deletionTimestamp", "deletionGracePeriodSeconds")) {
      metadata.remove(fixed);
      if (current.path("metadata").has(fixed)) {
        metadata.set(fixed, current.path("metadata").path(fixed));
      }
    }
    if (path.isStatus()) {
      metadata.set("finalizers", current.path("metadata").path("finalizers"));
      if (!current.path("metadata").has("finalizers")) {
        metadata.remove("finalizers");
      }
    }
    Written written =
        storeFor(request)
            .write(HttpMethod.PUT, path.ofObject() + (path.isStatus() ? "/status" : ""), object);
    return switch (written.status()) {
      case 400 -> throw refuse(400, "BadRequest", messageOf(written));
      case 422 -> throw refuse(422, "Invalid", messageOf(written));
      default -> changed(written, current);
    };
  }

  private Answer patch(Request request, ResourcePath path, ResourceType type)
      throws RefusedException {
    ObjectNode current = existing(path, type);
    JsonNode patch = bodyOf(request);
    JsonNode patched =
        switch (request.contentType().replaceFirst(";.*", "").strip()) {
          case "application/json-patch+json" ->
              jsonPatch(current, patch, named(type, nameOf(path)));
          case "application/merge-patch+json" -> mergePatch(current, patch);
          // lists are replaced rather than merged by key; good enough for what a demo applies
          case "application/strategic-merge-patch+json" ->
              mergePatch(current, withoutDirectives(patch));
          default ->
              throw refuse(415, "UnsupportedMediaType", "this mock has no server-side apply");
        };
    return new Answer(200, replace(request, path, type, patched));
  }

  private static JsonNode jsonPatch(ObjectNode current, JsonNode patch, String what)
      throws RefusedException {
    try {
      return JsonPatch.apply(patch, current.deepCopy());
    } catch (RuntimeException e) {
      throw refuse(422, "Invalid", what + " can't be patched: " + e.getMessage());
    }
  }

  /** RFC 7396. */
  private static JsonNode mergePatch(@Nullable JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode merged = target instanceof ObjectNode object ? object.deepCopy() : JSON.objectNode();
    patch
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().isNull()) {
                merged.remove(entry.getKey());
              } else {
                merged.set(
                    entry.getKey(), mergePatch(merged.get(entry.getKey()), entry.getValue()));
              }
            });
    return merged;
  }

  private static JsonNode withoutDirectives(JsonNode patch) {
    JsonNode plain = patch.deepCopy();
    dropDirectives(plain);
    return plain;
  }

  private static void dropDirectives(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
        if (names.next().startsWith("$")) {
          names.remove();
        }
      }
    }
    node.forEach(MockApi::dropDirectives);
  }

  private Answer delete(Request request, ResourcePath path, ResourceType type)
      throws RefusedException {
    ObjectStore target = storeFor(request);
    if (path.name() == null) {
      Predicate<JsonNode> selected = selectorOf(request);
      for (JsonNode object : store.list(path)) {
        if (selected.test(object)) {
          String namespace = object.path("metadata").path("namespace").asText(null);
          ResourcePath own =
              new ResourcePath(
                  path.group(),
                  path.version(),
                  path.plural(),
                  namespace,
                  object.path("metadata").path("name").asText(),
                  null);
          target.write(HttpMethod.DELETE, own.ofObject(), null);
        }
      }
      return new Answer(200, success(type, "", ""));
    }
    ObjectNode current = existing(path, type);
    JsonNode preconditions =
        request.body() == null ? JSON.missingNode() : request.body().path("preconditions");
    for (String key : List.of("uid", "resourceVersion")) {
      String wanted = preconditions.path(key).asText("");
      if (!wanted.isEmpty() && !wanted.equals(current.path("metadata").path(key).asText())) {
        throw refuse(
            409,
            "Conflict",
            "Precondition failed: " + key + " in precondition: " + wanted + " is another one");
      }
    }
    Written written = target.write(HttpMethod.DELETE, path.ofObject(), null);
    boolean gone = written.change().map(c -> c.type() == ChangeType.DELETED).orElse(false);
    return new Answer(
        200,
        gone
            ? success(type, nameOf(path), current.path("metadata").path("uid").asText())
            : changed(written, current));
  }

  /**
   * Begins a watch.
   *
   * @param sink takes each event
   * @return ends it
   */
  Runnable watch(Request request, Consumer<JsonNode> sink) {
    ResourcePath path = ResourcePath.parse(request.path()).orElseThrow();
    ResourceType type = typeOf(path).orElseThrow();
    View view = View.of(path);
    Predicate<JsonNode> selected =
        selectorOf(request).and(object -> path.name() == null || path.name().equals(name(object)));
    boolean table = request.wantsTable();
    boolean[] headed = {false};
    Consumer<Event> events =
        event -> {
          JsonNode object = event.object();
          if (table) {
            object = Tables.of(type, List.of(object), versionText(object), !headed[0]);
            headed[0] = true;
          }
          sink.accept(event.as(object));
        };
    Consumer<Change> changes =
        change -> {
          if (view.covers(change.path())) {
            event(change, view, selected).ifPresent(events);
          }
        };
    String from = request.query().getOrDefault("resourceVersion", "");
    boolean initial = request.query().getOrDefault("sendInitialEvents", "").equals("true");
    if (initial || from.isEmpty() || from.equals("0")) {
      store.list(view.stored()).stream()
          .map(view::show)
          .filter(selected)
          .forEach(object -> events.accept(new Event("ADDED", object)));
      if (initial) {
        sink.accept(new Event("BOOKMARK", endOfInitial(type)).as(endOfInitial(type)));
      }
    } else {
      Optional<List<Change>> missed = store.since(Long.parseLong(from));
      if (missed.isEmpty()) {
        sink.accept(
            new Event("ERROR", JSON.nullNode())
                .as(failure(new Refused(410, "Expired", "too old resource version")).body()));
        return () -> {};
      }
      missed.get().forEach(changes);
    }
    store.listen(changes);
    return () -> store.forget(changes);
  }

  /** Whether a watch of this request can begin; if not, the failure to answer. */
  Optional<Answer> refusalOfWatch(Request request) {
    boolean known = ResourcePath.parse(request.path()).flatMap(this::typeOf).isPresent();
    return known ? Optional.empty() : Optional.of(answer(request));
  }

  private record Event(String type, JsonNode object) {

    JsonNode as(JsonNode shown) {
      ObjectNode event = JSON.objectNode().put("type", type);
      event.set("object", shown);
      return event;
    }
  }

  private static Optional<Event> event(Change change, View view, Predicate<JsonNode> selected) {
    JsonNode object = view.show(change.object());
    boolean was = change.before() != null && selected.test(view.show(change.before()));
    boolean is = change.type() != ChangeType.DELETED && selected.test(object);
    if (was && is) {
      return Optional.of(new Event("MODIFIED", object));
    }
    if (is) {
      return Optional.of(new Event("ADDED", object));
    }
    return was ? Optional.of(new Event("DELETED", object)) : Optional.empty();
  }

  private ObjectNode endOfInitial(ResourceType type) {
    ObjectNode bookmark = JSON.objectNode();
    bookmark.put("apiVersion", type.apiVersion()).put("kind", type.kind());
    ObjectNode metadata = bookmark.putObject("metadata");
    metadata.put("resourceVersion", String.valueOf(store.version()));
    metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    return bookmark;
  }

  /**
   * What a path shows of the store: core events are those of {@code events.k8s.io}, in other words.
   *
   * @param stored where the objects are kept
   */
  private record View(ResourcePath stored, UnaryOperator<JsonNode> words) {

    static View of(ResourcePath path) {
      boolean coreEvents = path.group().isEmpty() && path.plural().equals("events");
      return coreEvents
          ? new View(
              new ResourcePath(
                  "events.k8s.io", "v1", "events", path.namespace(), path.name(), null),
              CoreEvents::of)
          : new View(
              new ResourcePath(
                  path.group(), path.version(), path.plural(), path.namespace(), path.name(), null),
              UnaryOperator.identity());
    }

    JsonNode show(JsonNode object) {
      return words.apply(object);
    }

    boolean covers(ResourcePath changed) {
      return stored.group().equals(changed.group())
          && stored.plural().equals(changed.plural())
          && (stored.namespace() == null || stored.namespace().equals(changed.namespace()));
    }
  }

  /** The store, or for a dry run a copy that is thrown away. */
  private ObjectStore storeFor(Request request) {
    return request.isDryRun() ? store.copy(store.list(DEFINITIONS)) : store;
  }

  private ObjectNode existing(ResourcePath path, ResourceType type) throws RefusedException {
    return store
        .get(path)
        .orElseThrow(() -> refuse(404, "NotFound", named(type, nameOf(path)) + " not found"));
  }

  private static JsonNode changed(Written written, JsonNode otherwise) {
    return written.change().map(Change::object).orElse(otherwise);
  }

  private static Predicate<JsonNode> selectorOf(Request request) {
    return Selector.of(request.query().get("labelSelector"), request.query().get("fieldSelector"));
  }

  private static JsonNode bodyOf(Request request) throws RefusedException {
    if (request.body() == null) {
      throw refuse(400, "BadRequest", "the body is no JSON");
    }
    return request.body();
  }

  private static String nameOf(ResourcePath path) {
    return path.name() == null ? "" : path.name();
  }

  private static String name(JsonNode object) {
    return object.path("metadata").path("name").asText();
  }

  private static String versionText(JsonNode object) {
    return object.path("metadata").path("resourceVersion").asText();
  }

  private static String named(ResourceType type, String name) {
    String resource = type.group().isEmpty() ? type.plural() : type.plural() + "." + type.group();
    return resource + " \"" + name + "\"";
  }

  private static String messageOf(Written written) {
    return Json.object(written.body()).path("message").asText();
  }

  private static ObjectNode success(ResourceType type, String name, String uid) {
    ObjectNode status = JSON.objectNode().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Success");
    status
        .putObject("details")
        .put("name", name)
        .put("group", type.group())
        .put("kind", type.plural())
        .put("uid", uid);
    return status;
  }

  private static Answer failure(Refused refused) {
    ObjectNode status = JSON.objectNode().put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status
        .put("status", "Failure")
        .put("message", refused.message())
        .put("reason", refused.reason())
        .put("code", refused.status());
    return new Answer(refused.status(), status);
  }

  private static RefusedException refuse(int status, String reason, String message) {
    return new RefusedException(new Refused(status, reason, message));
  }

  private static final class RefusedException extends Exception {

    private final transient Refused refused;

    RefusedException(Refused refused) {
      super(refused.message());
      this.refused = refused;
    }
  }
}
