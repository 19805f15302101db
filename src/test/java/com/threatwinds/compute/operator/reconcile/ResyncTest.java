package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.decision.Given;
import com.threatwinds.compute.operator.inventory.NanoClock;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a watch missed, and what it only has not told yet. */
class ResyncTest {

  private final KnownResources known = new KnownResources();
  private final ItemStore<ComputeInstance> shelf = known.shelf();
  private final List<ComputeInstance> stored = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private String listVersion = "100";
  private final NanoClock clock = new NanoClock();
  private final Resync resync =
      new Resync(
          page -> {
            page.accept(List.copyOf(stored));
            return listVersion;
          },
          known,
          new Resync.Listener() {
            @Override
            public void found(ResourceID resource) {
              told.add("found " + resource.getName());
            }

            @Override
            public void gone(ComputeInstance resource) {
              told.add("gone " + resource.getMetadata().getName());
            }

            @Override
            public void wake(ResourceID resource) {
              told.add("wake " + resource.getNamespace().orElseThrow() + "/" + resource.getName());
            }
          },
          Duration.ofSeconds(60),
          clock);

  @Test
  void looksAtAllThatNothingWokeForAnHour() {
    watchTells(resource("web", "7"));

    clock.advance(Resync.SWEEP.minusNanos(1));
    resync.sweep();
    assertThat(told).isEmpty();

    clock.advance(Duration.ofNanos(1));
    resync.sweep();
    resync.sweep();
    assertThat(told).containsExactly("wake prod/web");
  }

  @Test
  void findsNothingWhereAWatchToldOfAll() {
    watchTells(resource("web", "7"));
    stored.add(resource("web", "7"));

    assertThat(resync.compare().isEmpty()).isTrue();
  }

  @Test
  void findsAResourceThatNoWatchToldOf() {
    stored.add(resource("web", "7"));

    resync.mend(resync.compare());

    assertThat(told).containsExactly("found web");
    assertThat(shelf.get("prod/web")).as("as the framework looks for it").isNotNull();
    assertThat(resync.compare().isEmpty()).isTrue();
  }

  @Test
  void findsAnEditThatNoWatchToldOf() {
    watchTells(resource("web", "7"));
    stored.add(bound(resource("web", "8"), "i-1"));

    resync.mend(resync.compare());

    assertThat(told).containsExactly("found web");
    assertThat(version("web")).isEqualTo("8");
    assertThat(known.resourcesOf(new InstanceId("i-1"))).hasSize(1);
  }

  @Test
  void keepsWhatTheWatchToldWhileItReadAList() {
    watchTells(resource("web", "9"));
    stored.add(resource("web", "8"));

    resync.mend(resync.compare());

    assertThat(told).isEmpty();
    assertThat(version("web")).isEqualTo("9");
  }

  @Test
  void leavesWhatTheWatchTellsAMomentLater() {
    watchTells(resource("web", "7"));
    stored.add(resource("web", "8"));
    Resync.Differences differences = resync.compare();

    watchTells(resource("web", "8"));
    resync.mend(differences);

    assertThat(differences.changed()).hasSize(1);
    assertThat(told).isEmpty();
  }

  @Test
  void dropsAResourceWhoseEndNoWatchToldOf() {
    watchTells(bound(resource("web", "7"), "i-1"));

    resync.mend(resync.compare());

    assertThat(told).containsExactly("gone web");
    assertThat(known.all()).isEmpty();
    assertThat(known.resourcesOf(new InstanceId("i-1"))).isEmpty();
  }

  @Test
  void keepsAResourceThatIsYoungerThanTheList() {
    watchTells(resource("web", "101"));

    assertThat(resync.compare().isEmpty()).isTrue();
  }

  @Test
  void takesAnotherOfTheSameNameForAnEdit() {
    watchTells(resource("web", "7"));
    ComputeInstance another = resource("web", "9");
    another.getMetadata().setUid("another");
    stored.add(another);

    resync.mend(resync.compare());

    assertThat(told).containsExactly("found web");
    assertThat(known.find("prod/web").orElseThrow().getMetadata().getUid()).isEqualTo("another");
  }

  @Test
  void isRarerTheMoreThereAre() {
    assertThat(resync.pause(0)).isEqualTo(Duration.ofSeconds(60));
    assertThat(resync.pause(1_000)).isEqualTo(Duration.ofSeconds(60));
    assertThat(resync.pause(5_000)).isEqualTo(Duration.ofMinutes(5));
    assertThat(resync.pause(50_000)).isEqualTo(Duration.ofMinutes(10));
  }

  private void watchTells(ComputeInstance resource) {
    shelf.put(KnownResources.keyOf(resource), resource);
  }

  private String version(String name) {
    return known.find("prod/" + name).orElseThrow().getMetadata().getResourceVersion();
  }

  private static ComputeInstance resource(String name, String version) {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("prod")
            .withName(name)
            .withUid("uid-" + name)
            .withResourceVersion(version)
            .build());
    resource.setStatus(ComputeInstanceStatus.NONE);
    return resource;
  }

  private static ComputeInstance bound(ComputeInstance resource, String id) {
    return Resources.copyOf(resource, Given.unbound().boundTo(id).status());
  }
}
