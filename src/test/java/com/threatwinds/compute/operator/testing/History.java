package com.threatwinds.compute.operator.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Every version of every ComputeInstance that a watch showed, from its start on. */
public final class History implements AutoCloseable {

  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final Watch watch;

  private History(KubernetesClient client) {
    watch =
        client
            .genericKubernetesResources(Subject.TYPE)
            .inAnyNamespace()
            .watch(
                new Watcher<GenericKubernetesResource>() {
                  @Override
                  public void eventReceived(Action action, GenericKubernetesResource resource) {
                    if (resource != null) {
                      entries.add(
                          new Entry(
                              Instant.now(), action == Action.DELETED, Subject.json(resource)));
                    }
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    // A watch that is cut off ends with its cluster here.
                  }
                });
  }

  /** A real server refuses watches for a moment after a definition was added. */
  public static History of(KubernetesClient client) {
    return await()
        .atMost(Subject.PATIENCE)
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .until(() -> new History(client), Objects::nonNull);
  }

  /**
   * One version.
   *
   * @param at when the watch told of it
   * @param gone whether it is the last
   */
  public record Entry(Instant at, boolean gone, JsonNode version) {}

  /** All that happened in that namespace, in its order. */
  public List<Entry> entries(String namespace) {
    return entries.stream()
        .filter(e -> e.version().at("/metadata/namespace").asText().equals(namespace))
        .toList();
  }

  /** All versions since {@link #forget}, in their order. */
  public List<JsonNode> versions() {
    return entries.stream().map(Entry::version).toList();
  }

  /** The versions of the resource with that UID. */
  public List<JsonNode> versions(String uid) {
    return versions().stream().filter(v -> v.at("/metadata/uid").asText().equals(uid)).toList();
  }

  public void forget() {
    entries.clear();
  }

  @Override
  public void close() {
    watch.close();
  }
}
