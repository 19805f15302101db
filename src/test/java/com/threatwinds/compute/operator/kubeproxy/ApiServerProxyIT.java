package com.threatwinds.compute.operator.kubeproxy;

import static com.threatwinds.compute.operator.kubeproxy.Scene.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.testing.Kubeconfig;
import com.threatwinds.compute.operator.testing.RealCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What only a real API server shows: TLS, users, and its way with watches and versions. */
@Tag("real-cluster")
class ApiServerProxyIT {

  private static RealCluster cluster;
  private static Scene scene;
  private static ApiServerProxy proxy;
  private static Watches watches;

  @BeforeAll
  static void start() {
    cluster = RealCluster.start(Path.of("crds"));
    scene = new Scene(cluster);
    proxy = scene.proxy();
    watches = proxy.watches();
    // for a moment after its definition the API server has no cache of a resource to watch from
    await()
        .ignoreExceptions()
        .untilAsserted(() -> scene.instances().inAnyNamespace().watch(new SeenEvents()).close());
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @AfterEach
  void empty() {
    proxy.faults().clear();
    scene.names().forEach(scene::remove);
  }

  @Test
  void passesOnWhatAClientReadsAndWrites() {
    GenericKubernetesResource one = scene.create("one");
    one.getAdditionalProperties().put("status", Map.of("state", "RUNNING"));

    scene.instances().resource(one).updateStatus();

    assertThat(scene.named("one").require().<String>get("status", "state")).isEqualTo("RUNNING");
    assertThatThrownBy(() -> scene.instances().resource(one).updateStatus())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    KubeCall refused = proxy.record().writes().getLast();
    assertThat(refused.subresource()).isEqualTo("status");
    assertThat(refused.committed()).isFalse();
  }

  @Test
  void actsAsTheUserOfTheUpstreamKubeconfig() {
    cluster
        .adminClient()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("nobody")
                .withNamespace("default")
                .endMetadata()
                .build())
        .create();

    try (ApiServerProxy before = ApiServerProxy.start(cluster.kubeconfigOf("default", "nobody"));
        KubernetesClient through = new Kubeconfig(before.kubeconfig()).client()) {
      assertThatThrownBy(() -> Scene.instancesOf(through).inAnyNamespace().list())
          .isInstanceOfSatisfying(
              KubernetesClientException.class,
              e -> {
                assertThat(e.getCode()).isEqualTo(403);
                assertThat(e.getMessage()).contains("system:serviceaccount:default:nobody");
              });
    }
  }

  @Test
  void holdsAnAnswerAfterTheCommit() {
    KubeFault held =
        proxy.faults().add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.hang());

    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");

    assertThat(held.awaitHit(SOON).committed()).isTrue();
    assertThat(scene.names()).containsExactly("one");
    held.release();
    assertThat(creating).succeedsWithin(SOON);
  }

  @Test
  void swapsEventsOfAWebSocket() {
    SeenEvents seen = new SeenEvents();
    try (var watch = scene.instances().inAnyNamespace().watch(seen)) {
      watches.swap();

      scene.add("one");
      scene.add("two");
      scene.add("three");

      await()
          .untilAsserted(() -> assertThat(seen.events()).containsExactly("+two", "+one", "+three"));
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void bridgesEveryLineOfAnEndlessAnswer() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<Stream<String>> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(scene.client().getConfiguration().getMasterUrl())
                          .resolve(Scene.INSTANCES + "?watch=true"))
                  .build(),
              HttpResponse.BodyHandlers.ofLines());
      CompletableFuture<Void> reading =
          Scene.soon(
              () -> {
                answer.body().forEach(lines::add);
                return null;
              });

      scene.add("one");

      await().until(() -> lines.size() == 1);
      watches.closeAll();
      assertThat(reading).succeedsWithin(SOON);
    }
  }

  @Test
  void letsAnInformerRecoverFromWhateverHappensToItsWatch() {
    scene.add("zero");
    proxy.rememberList();
    scene.remove("zero");
    proxy.serveOldLists(true);
    try (SharedIndexInformer<GenericKubernetesResource> informer =
        scene.instances().inAnyNamespace().inform()) {
      awaitStore(informer);

      watches.closeAll();
      scene.add("one");
      awaitStore(informer, "one");

      proxy.serveOldLists(false);
      watches.expire();
      scene.add("two");
      awaitStore(informer, "one", "two");

      proxy.offline();
      scene.remove("one");
      proxy.online();
      awaitStore(informer, "two");

      proxy.freeze();
      scene.add("three");
      proxy.thaw();
      awaitStore(informer, "two", "three");
    }
    assertThat(proxy.record().calls(call -> call.faults().contains("old list"))).isNotEmpty();
  }

  private static void awaitStore(
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
}
