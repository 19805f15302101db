package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is woken, in which order, and how many of them at once. */
class WakeupsTest {

  private final KnownResources known = new KnownResources();
  private final List<String> told = new ArrayList<>();
  private int room;
  private Runnable meanwhile = () -> {};
  private final Wakeups wakeups =
      new Wakeups(
          known,
          id -> known.find(KnownResources.keyOf(id)),
          resource -> told.add("released"),
          () -> room > 0);

  @BeforeEach
  void start() {
    wakeups.setEventHandler(
        event -> {
          room--;
          String name = event.getRelatedCustomResourceID().getName();
          told.add(event instanceof ResourceEvent ? "found " + name : name);
          meanwhile.run();
        });
    wakeups.start();
  }

  @Test
  void handsOnAtOnceWhileThereIsRoom() {
    room = 1;

    wakeups.wake(id("web"));

    assertThat(told).containsExactly("web");
  }

  @Test
  void handsOnThousandsAsThereIsRoom() {
    room = 2;
    IntStream.range(0, 5).forEach(i -> wakeups.wake(id("r-" + i)));
    assertThat(told).containsExactly("r-0", "r-1");

    room = 2;
    wakeups.handOn();
    assertThat(told).containsExactly("r-0", "r-1", "r-2", "r-3");

    room = 2;
    wakeups.handOn();
    wakeups.handOn();
    assertThat(told).containsExactly("r-0", "r-1", "r-2", "r-3", "r-4");
  }

  @Test
  void wakesOnceWhoWasWokenTwiceBeforeItsTurn() {
    wakeups.wake(id("web"));
    wakeups.wake(id("web"));

    room = 9;
    wakeups.handOn();

    assertThat(told).containsExactly("web");
  }

  @Test
  void handsOnWhoIsWokenMeanwhileToo() {
    room = 9;
    meanwhile =
        () -> {
          meanwhile = () -> {};
          Thread other = Thread.startVirtualThread(() -> wakeups.wake(id("other")));
          join(other);
          assertThat(told).as("by the one who is at it").containsExactly("web");
        };

    wakeups.wake(id("web"));

    assertThat(told).containsExactly("web", "other");
  }

  @Test
  void handsOnAfterATroubleOfTheFrameworkToo() {
    room = 9;
    meanwhile =
        () -> {
          throw new IllegalStateException("trouble");
        };
    assertThatThrownBy(() -> wakeups.wake(id("web"))).hasMessage("trouble");
    meanwhile = () -> {};

    wakeups.wake(id("other"));

    assertThat(told).containsExactly("web", "other");
  }

  private static void join(Thread other) {
    try {
      other.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void introducesWhomTheFrameworkDoesNotKnow() {
    known.correct(resource("web"));
    wakeups.wake(id("web"));
    wakeups.found(id("web"));
    wakeups.wake(id("web"));

    room = 9;
    wakeups.handOn();

    assertThat(told).containsExactly("found web");
  }

  @Test
  void introducesNobodyWhoIsGoneBeforeItsTurn() {
    known.correct(resource("web"));
    wakeups.found(id("web"));
    known.drop(resource("web"));

    room = 9;
    wakeups.handOn();

    assertThat(told).isEmpty();
  }

  @Test
  void tellsOfAResourceThatOthersLetGo() {
    ComputeInstance going = resource("web");
    going.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    going.getMetadata().setFinalizers(List.of(ComputeInstance.FINALIZER));
    wakeups.onResourceUpdated(going, resource("web"));
    assertThat(told).isEmpty();

    going.getMetadata().setFinalizers(List.of("another/one"));
    wakeups.onResourceUpdated(going, resource("web"));

    assertThat(told).containsExactly("released");
  }

  private static ResourceID id(String name) {
    return new ResourceID(name, "prod");
  }

  private static ComputeInstance resource(String name) {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder().withNamespace("prod").withName(name).withUid(name).build());
    return resource;
  }
}
