package com.threatwinds.compute.operator.kubeproxy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What a watch has shown: {@code +name}, {@code name} or {@code -name}. */
final class SeenEvents implements Watcher<GenericKubernetesResource> {

  private final List<String> events = new CopyOnWriteArrayList<>();
  private volatile @Nullable WatcherException failure;

  List<String> events() {
    return events;
  }

  @Nullable WatcherException failure() {
    return failure;
  }

  @Override
  public void eventReceived(Action action, GenericKubernetesResource resource) {
    String prefix =
        switch (action) {
          case ADDED -> "+";
          case DELETED -> "-";
          case MODIFIED -> "";
          case ERROR, BOOKMARK -> "?";
        };
    events.add(prefix + resource.getMetadata().getName());
  }

  @Override
  public void onClose(WatcherException cause) {
    failure = cause;
  }
}
