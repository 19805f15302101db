package com.threatwinds.compute.operator.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** Every version of every ComputeInstance that a watch showed, from its start on. */
final class History implements AutoCloseable {

  private final List<JsonNode> versions = new CopyOnWriteArrayList<>();
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
                      versions.add(Subject.json(resource));
                    }
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    // A watch that is cut off ends with its cluster here.
                  }
                });
  }

  /** A real server refuses watches for a moment after a definition was added. */
  static History of(KubernetesClient client) {
    return await()
        .atMost(Subject.PATIENCE)
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .until(() -> new History(client), Objects::nonNull);
  }

  /** All versions since {@link #forget}, in their order. */
  List<JsonNode> versions() {
    return List.copyOf(versions);
  }

  /** The versions of the resource with that UID. */
  List<JsonNode> versions(String uid) {
    return versions.stream().filter(v -> v.at("/metadata/uid").asText().equals(uid)).toList();
  }

  void forget() {
    versions.clear();
  }

  @Override
  public void close() {
    watch.close();
  }
}
