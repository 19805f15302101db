package com.threatwinds.compute.operator.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.testing.MockCluster;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchesTest {

  private final SeenEvents seen = new SeenEvents();
  private Scene scene;
  private Watches watches;

  @BeforeEach
  void start() {
    scene = new Scene(MockCluster.start(Path.of("crds")));
    watches = scene.proxy().watches();
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  @Test
  void bridgesEveryEventOfAWebSocket() {
    scene.add("zero");
    watch();

    scene.add("one");
    scene.add("two");
    scene.remove("one");

    awaitEvents("+zero", "+one", "+two", "-one");
    assertThat(watches.delivered()).isEqualTo(4);
    assertThat(scene.proxy().record().calls(KubeCall::isWatch))
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.status()).isEqualTo(101);
              assertThat(call.deliveredAt()).isNotNull();
            });
  }

  @Test
  void bridgesEveryLineOfAnEndlessAnswer() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<Stream<String>> answer =
          http.send(watchOverHttp(), HttpResponse.BodyHandlers.ofLines());
      CompletableFuture<Void> reading =
          Scene.soon(
              () -> {
                answer.body().forEach(lines::add);
                return null;
              });

      scene.add("one");
      scene.add("two");

      await().until(() -> lines.size() == 2);
      assertThat(lines.getLast()).contains("ADDED", "two");
      assertThat(answer.headers().firstValue("Transfer-Encoding")).contains("chunked");
      watches.closeAll();
      assertThat(reading).succeedsWithin(Scene.SOON);
      assertThat(watches.open()).isZero();
    }
  }

  @Test
  void forgetsAWatchThatItsClientHasLeft() {
    watch().close();

    await().until(() -> watches.open() == 0);
  }

  @Test
  void losesTheNextEvents() {
    watch();
    watches.lose(2);

    scene.add("one");
    scene.add("two");
    scene.add("three");

    awaitEvents("+three");
    assertThat(watches.struck()).isEqualTo(2);
  }

  @Test
  void doublesTheNextEvents() {
    watch();
    watches.duplicate(1);

    scene.add("one");
    scene.add("two");

    awaitEvents("+one", "+one", "+two");
  }

  @Test
  void swapsTheNextTwoEvents() {
    watch();
    watches.swap();

    scene.add("one");
    scene.add("two");
    scene.add("three");

    awaitEvents("+two", "+one", "+three");
    assertThat(watches.struck()).isEqualTo(1);
  }

  @Test
  void takesBackWhatHasNotHappenedYet() {
    watch();
    watches.lose(5);
    watches.duplicate(5);

    watches.calm();
    scene.add("one");
    scene.add("two");

    awaitEvents("+one", "+two");
  }

  @Test
  void leavesDeadWatchesOpenAndServesNewOnes() {
    watch();
    watches.dead();
    SeenEvents later = new SeenEvents();
    scene.instances().inAnyNamespace().watch(later);

    scene.add("one");

    await().untilAsserted(() -> assertThat(later.events()).containsExactly("+one"));
    assertThat(seen.events()).isEmpty();
    assertThat(seen.failure()).isNull();
    assertThat(watches.open()).isEqualTo(2);
  }

  @Test
  void tellsThatAVersionIsTooOld() {
    watch();

    watches.expire();

    await()
        .untilAsserted(
            () ->
                assertThat(seen.failure())
                    .isNotNull()
                    .satisfies(failure -> assertThat(failure.isHttpGone()).isTrue()));
    assertThat(watches.open()).isZero();
  }

  @Test
  void letsAnInformerRecoverFromAnEndAndFromAnExpiry() {
    try (SharedIndexInformer<GenericKubernetesResource> informer =
        scene.instances().inAnyNamespace().inform()) {
      awaitStore(informer);

      watches.closeAll();
      scene.add("one");
      awaitStore(informer, "one");

      watches.expire();
      scene.add("two");
      awaitStore(informer, "one", "two");
    }
  }

  @Test
  void letsAnInformerRecoverFromTheLossOfItsConnection() {
    try (SharedIndexInformer<GenericKubernetesResource> informer =
        scene.instances().inAnyNamespace().inform()) {
      awaitStore(informer);

      scene.proxy().offline();
      scene.add("one");
      scene.proxy().online();

      awaitStore(informer, "one");
    }
  }

  @Test
  void deliversAfterTheThawWhatHappenedWhileFrozen() {
    watch();

    scene.proxy().freeze();
    scene.add("one");
    await().until(() -> watches.delivered() == 1);
    assertThat(seen.events()).isEmpty();
    scene.proxy().thaw();

    awaitEvents("+one");
  }

  @Test
  void controlsEachPluralByItself() {
    List<String> maps = new CopyOnWriteArrayList<>();
    watch();
    scene
        .client()
        .configMaps()
        .inNamespace("default")
        .watch(
            new io.fabric8.kubernetes.client.Watcher<ConfigMap>() {
              @Override
              public void eventReceived(Action action, ConfigMap map) {
                maps.add(map.getMetadata().getName());
              }

              @Override
              public void onClose(io.fabric8.kubernetes.client.WatcherException cause) {}
            });

    scene.proxy().watches("configmaps").lose(1);
    map("lost");
    scene.add("one");
    map("kept");

    awaitEvents("+one");
    await().untilAsserted(() -> assertThat(maps).containsExactly("kept"));
    assertThat(watches.struck()).isZero();
  }

  private io.fabric8.kubernetes.client.Watch watch() {
    return scene.instances().inAnyNamespace().watch(seen);
  }

  private void awaitEvents(String... events) {
    await().untilAsserted(() -> assertThat(seen.events()).containsExactly(events));
  }

  private void awaitStore(
      SharedIndexInformer<GenericKubernetesResource> informer, String... names) {
    await()
        .untilAsserted(
            () -> {
              assertThat(watches.open()).isEqualTo(1);
              assertThat(informer.getStore().list())
                  .extracting(instance -> instance.getMetadata().getName())
                  .containsExactlyInAnyOrder(names);
            });
  }

  private HttpRequest watchOverHttp() {
    return HttpRequest.newBuilder(
            URI.create(scene.client().getConfiguration().getMasterUrl())
                .resolve(Scene.INSTANCES + "?watch=true"))
        .build();
  }

  private void map(String name) {
    scene
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .build())
        .create();
  }
}
