package com.threatwinds.compute.operator.demo;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Both watches of the terminal, on the screen and in memory: the ComputeInstances as they are now,
 * and the events that there were.
 *
 * <p>A change that none of the columns shows has no line, though kubectl would repeat the last one.
 */
final class Watch implements AutoCloseable {

  private static final String INSTANCE_KIND = HasMetadata.getKind(ComputeInstance.class);

  private final Screen screen;
  private final Map<String, ComputeInstance> instances = new ConcurrentHashMap<>();
  private final Set<Told> events = ConcurrentHashMap.newKeySet();
  private final SharedIndexInformer<ComputeInstance> instanceInformer;
  private final SharedIndexInformer<Event> eventInformer;

  private record Told(String reason, String name) {}

  Watch(KubernetesClient client, String namespace, Screen screen) {
    this.screen = screen;
    instanceInformer =
        client.resources(ComputeInstance.class).inNamespace(namespace).inform(new Instances());
    eventInformer = client.events().v1().events().inNamespace(namespace).inform(new Events());
  }

  /** That ComputeInstance as last seen; empty if it is not there, or no more. */
  Optional<ComputeInstance> instance(String name) {
    return Optional.ofNullable(instances.get(name));
  }

  boolean isEmpty() {
    return instances.isEmpty();
  }

  /** Whether an event with that reason was seen of that ComputeInstance. */
  boolean told(String reason, String name) {
    return events.contains(new Told(reason, name));
  }

  @Override
  public void close() {
    instanceInformer.close();
    eventInformer.close();
  }

  static ComputeInstanceStatus status(ComputeInstance instance) {
    return instance.getStatus() == null ? ComputeInstanceStatus.NONE : instance.getStatus();
  }

  private final class Instances implements ResourceEventHandler<ComputeInstance> {

    private final Map<String, List<String>> shown = new HashMap<>();

    @Override
    public void onAdd(ComputeInstance instance) {
      see(instance);
    }

    @Override
    public void onUpdate(ComputeInstance before, ComputeInstance instance) {
      see(instance);
    }

    @Override
    public void onDelete(ComputeInstance instance, boolean lastStateUnknown) {
      String name = instance.getMetadata().getName();
      instances.remove(name);
      shown.remove(name);
    }

    private void see(ComputeInstance instance) {
      String name = instance.getMetadata().getName();
      ComputeInstanceStatus status = status(instance);
      String ready =
          status.condition(ConditionType.READY).map(condition -> condition.getStatus()).orElse("");
      String state = text(status.state());
      String externalIp = text(status.externalIp());
      String zone = text(status.zone());
      List<String> columns = List.of(ready, state, externalIp, zone);
      if (!columns.equals(shown.put(name, columns))) {
        screen.instance(name, ready, state, externalIp, zone, age(instance));
      }
      // last, so that whoever waits for it finds the line on the screen
      instances.put(name, instance);
    }

    private static String text(@Nullable String value) {
      return value == null ? "" : value;
    }

    private static String age(ComputeInstance instance) {
      Duration age =
          Duration.between(
              Instant.parse(instance.getMetadata().getCreationTimestamp()), Instant.now());
      return age.toMinutes() < 2
          ? Math.max(0, age.toSeconds()) + "s"
          : age.toHours() < 2 ? age.toMinutes() + "m" : age.toHours() + "h";
    }
  }

  private final class Events implements ResourceEventHandler<Event> {

    private final Set<String> shown = new HashSet<>();

    @Override
    public void onAdd(Event event) {
      ObjectReference regarding = event.getRegarding();
      // a kube-apiserver tells of itself, too
      if (regarding == null
          || !INSTANCE_KIND.equals(regarding.getKind())
          || !shown.add(event.getMetadata().getName())) {
        return;
      }
      String name = regarding.getName();
      screen.event(
          event.getType(),
          event.getReason(),
          regarding.getKind().toLowerCase(Locale.ROOT) + "/" + name,
          event.getNote());
      events.add(new Told(event.getReason(), name));
    }

    @Override
    public void onUpdate(Event before, Event event) {}

    @Override
    public void onDelete(Event event, boolean lastStateUnknown) {}
  }
}
