package com.threatwinds.compute.operator.kubeproxy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.testing.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Control of the watches of one plural. Numbers of events count additions, changes and deletions,
 * no bookmarks, over all its watches; {@link #calm} takes back what has not happened yet.
 */
public final class Watches {

  private static final Set<String> CHANGES = Set.of("ADDED", "MODIFIED", "DELETED");

  private final EventLoop loop;
  private final Set<Watch> open = new LinkedHashSet<>();
  private int toLose;
  private int toDouble;
  private boolean swapping;
  private volatile int openNow;
  private volatile long delivered;
  private volatile long struck;

  Watches(EventLoop loop) {
    this.loop = loop;
  }

  /** How many are open, dead ones included. */
  public int open() {
    return openNow;
  }

  /** How many events went on to the operator. */
  public long delivered() {
    return delivered;
  }

  /** How many events were lost, doubled or swapped (a pair once). */
  public long struck() {
    return struck;
  }

  /** Those that are open now deliver nothing any more, and do not say so; new ones work. */
  public void dead() {
    loop.run(() -> open.forEach(Watch::die));
  }

  /** The next n events are dropped. */
  public void lose(int n) {
    loop.run(() -> toLose = n);
  }

  /** The next n events come twice. */
  public void duplicate(int n) {
    loop.run(() -> toDouble = n);
  }

  /** The next two events of a watch come in the other order. */
  public void swap() {
    loop.run(() -> swapping = true);
  }

  /** Nothing more is lost, doubled or swapped; what waits to be overtaken still is. */
  public void calm() {
    loop.run(
        () -> {
          toLose = 0;
          toDouble = 0;
          swapping = false;
        });
  }

  /** Ends all with an event that says that their version is too old (410). */
  public void expire() {
    ObjectNode error = JsonNodeFactory.instance.objectNode().put("type", "ERROR");
    error.set(
        "object", Answer.Whole.status(410, "Expired", "too old resource version, says the test"));
    loop.run(() -> List.copyOf(open).forEach(watch -> watch.finish(error.toString())));
  }

  /** Ends all properly, as a server does after a while. */
  public void closeAll() {
    loop.run(() -> List.copyOf(open).forEach(watch -> watch.finish(null)));
  }

  void add(Watch watch) {
    open.add(watch);
    openNow = open.size();
  }

  /** Whether it was there. */
  boolean remove(Watch watch) {
    boolean was = open.remove(watch);
    openNow = open.size();
    return was;
  }

  /** What is to be delivered now, upon an event from the API server. */
  List<String> shape(Watch watch, String event) {
    List<String> shaped = isChange(event) ? shapeChange(watch, event) : List.of(event);
    delivered += shaped.size();
    return shaped;
  }

  private List<String> shapeChange(Watch watch, String event) {
    if (toLose > 0) {
      toLose--;
      struck++;
      return List.of();
    }
    if (toDouble > 0) {
      toDouble--;
      struck++;
      return List.of(event, event);
    }
    @Nullable String overtaken = watch.overtaken();
    if (overtaken != null) {
      struck++;
      return List.of(event, overtaken);
    }
    if (swapping) {
      swapping = false;
      watch.overtake(event);
      return List.of();
    }
    return List.of(event);
  }

  private static boolean isChange(String event) {
    return Json.anything(event.getBytes(StandardCharsets.UTF_8))
        .map(json -> CHANGES.contains(json.path("type").asText()))
        .orElse(false);
  }
}
