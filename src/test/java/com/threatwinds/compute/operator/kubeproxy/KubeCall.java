package com.threatwinds.compute.operator.kubeproxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.testing.Json;
import com.threatwinds.compute.operator.testing.ResourcePath;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the {@link KubeRecord}: a request of the operator. What is not known yet is null,
 * and comes to be known while it is under way.
 */
public final class KubeCall {

  private static final int KEPT = 1024 * 1024;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final long number;
  private final Instant receivedAt = Instant.now();
  private final String method;
  private final String path;
  private final Map<String, String> query;
  private final @Nullable ResourcePath resource;
  private final @Nullable JsonNode request;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private volatile @Nullable Instant forwardedAt;
  private volatile @Nullable Instant answeredAt;
  private volatile @Nullable Instant deliveredAt;
  private volatile @Nullable Integer upstreamStatus;
  private volatile @Nullable Integer status;
  private volatile @Nullable JsonNode response;

  KubeCall(long number, String method, String path, Map<String, String> query, Buffer body) {
    this.number = number;
    this.method = method;
    this.path = path;
    this.query = Map.copyOf(query);
    this.resource = ResourcePath.parse(path).orElse(null);
    this.request = kept(body);
  }

  /** The order of arrival, from 1. */
  public long number() {
    return number;
  }

  /** When all of the request was here. */
  public Instant receivedAt() {
    return receivedAt;
  }

  /** When it was sent to the API server; null if it was not. */
  public @Nullable Instant forwardedAt() {
    return forwardedAt;
  }

  /** When the API server had answered; null if it has not. */
  public @Nullable Instant answeredAt() {
    return answeredAt;
  }

  /**
   * Just before the bytes of an answer went out, so that nothing that the operator does upon it is
   * earlier; null if none did. It need not have been read.
   */
  public @Nullable Instant deliveredAt() {
    return deliveredAt;
  }

  public String method() {
    return method;
  }

  /** Without the query. */
  public String path() {
    return path;
  }

  public Map<String, String> query() {
    return query;
  }

  /** Null for what is no resource, as discovery. */
  public @Nullable ResourcePath resource() {
    return resource;
  }

  /** Empty for what is no resource. */
  public String plural() {
    return resource == null ? "" : resource.plural();
  }

  /** Null over all namespaces, and for what has none. */
  public @Nullable String namespace() {
    return resource == null ? null : resource.namespace();
  }

  /** The object's name, from the path, or for a create from the body; null if there is none. */
  public @Nullable String name() {
    String named = resource == null ? null : resource.name();
    return named != null || request == null || !method.equals("POST")
        ? named
        : request.path("metadata").path("name").asText(null);
  }

  /** Such as {@code status}; empty for the object itself. */
  public String subresource() {
    String named = resource == null ? null : resource.subresource();
    return named == null ? "" : named;
  }

  /** Null if there was none, none that is JSON, or more than a mebibyte. */
  public @Nullable JsonNode request() {
    return request;
  }

  /** What the API server answered. */
  public @Nullable Integer upstreamStatus() {
    return upstreamStatus;
  }

  /** What was answered to the operator; 101 or 200 for a watch that began. */
  public @Nullable Integer status() {
    return status;
  }

  /**
   * What the API server answered, also if the operator was told otherwise. Of a list only the
   * items' names and versions; null for a watch, and for more than a mebibyte.
   */
  public @Nullable JsonNode response() {
    return response;
  }

  /** What was done to it, in order. */
  public List<String> faults() {
    return List.copyOf(faults);
  }

  public boolean isWatch() {
    return method.equals("GET")
        && List.of("true", "1").contains(query.getOrDefault("watch", "false"));
  }

  public boolean isList() {
    return method.equals("GET") && resource != null && resource.name() == null && !isWatch();
  }

  public boolean isGet() {
    return method.equals("GET") && resource != null && resource.name() != null && !isWatch();
  }

  /** Whether it was meant to change something; a question in a POST (a review) is none. */
  public boolean isWrite() {
    return List.of("POST", "PUT", "PATCH", "DELETE").contains(method)
        && !plural().endsWith("reviews")
        && !query.containsKey("dryRun");
  }

  /** Whether a success has been delivered to the operator. */
  public boolean acknowledged() {
    return deliveredAt != null && isSuccess(status);
  }

  /** Whether the API server answered with success, whatever the operator was told. */
  public boolean committed() {
    return isSuccess(upstreamStatus);
  }

  private static boolean isSuccess(@Nullable Integer status) {
    return status != null && status / 100 == 2;
  }

  void forwarded() {
    forwardedAt = Instant.now();
  }

  void answered(int statusCode, Buffer body) {
    answeredAt = Instant.now();
    upstreamStatus = statusCode;
    response = kept(body);
  }

  void delivering(int statusCode) {
    deliveredAt = Instant.now();
    status = statusCode;
  }

  void notDelivered() {
    deliveredAt = null;
  }

  void fault(String what) {
    faults.add(what);
  }

  private static @Nullable JsonNode kept(Buffer body) {
    if (body.length() == 0 || body.length() > KEPT) {
      return null;
    }
    JsonNode json = Json.anything(body.getBytes()).orElse(null);
    return json != null && json.path("items").isArray() ? summary(json) : json;
  }

  private static JsonNode summary(JsonNode list) {
    ObjectNode summary = JsonNodeFactory.instance.objectNode();
    summary.set("kind", list.path("kind"));
    summary.set("metadata", list.path("metadata"));
    for (JsonNode item : list.path("items")) {
      ObjectNode metadata = summary.withArray("/items").addObject().putObject("metadata");
      for (String field : List.of("namespace", "name", "uid", "resourceVersion")) {
        if (item.path("metadata").has(field)) {
          metadata.set(field, item.path("metadata").path(field));
        }
      }
    }
    return summary;
  }

  /** One line of the record, for people. */
  @Override
  public String toString() {
    String line =
        String.format(
            Locale.ROOT,
            "#%-5d %s %-4s %-6s %s %s",
            number,
            TIME.format(receivedAt),
            deliveredAt == null ? "..." : status,
            method,
            path,
            query);
    return line
        + (upstreamStatus == null ? "" : " upstream=" + upstreamStatus)
        + (faults.isEmpty() ? "" : " faults=" + faults);
  }
}
