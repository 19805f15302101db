package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** When each resource was first seen to be Ready, as somebody who watches sees it. */
final class ReadyTimes implements Watcher<ComputeInstance>, AutoCloseable {

  private final Map<String, Instant> first = new ConcurrentHashMap<>();
  private final Watch watch;

  ReadyTimes(KubernetesClient client) {
    watch = client.resources(ComputeInstance.class).inAnyNamespace().watch(this);
  }

  Optional<Instant> of(String name) {
    return Optional.ofNullable(first.get(name));
  }

  int count() {
    return first.size();
  }

  @Override
  public void eventReceived(Action action, ComputeInstance resource) {
    boolean ready =
        Optional.ofNullable(resource.getStatus())
            .flatMap(status -> status.condition(ConditionType.READY))
            .filter(condition -> condition.getStatus().equals("True"))
            .isPresent();
    if (ready) {
      first.putIfAbsent(resource.getMetadata().getName(), Instant.now());
    }
  }

  @Override
  public void onClose(WatcherException cause) {}

  @Override
  public void close() {
    watch.close();
  }
}
