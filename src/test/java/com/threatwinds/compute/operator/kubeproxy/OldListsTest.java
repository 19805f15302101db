package com.threatwinds.compute.operator.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.testing.MockCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OldListsTest {

  private static final String NAMESPACED =
      "/apis/compute.threatwinds.com/v1alpha1/namespaces/default/computeinstances";

  private Scene scene;
  private ApiServerProxy proxy;

  @BeforeEach
  void start() {
    scene = new Scene(MockCluster.start(Path.of("crds")));
    proxy = scene.proxy();
    scene.add("old");
    proxy.rememberList();
    scene.remove("old");
    scene.add("new");
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  @ParameterizedTest
  @CsvSource({
    "?resourceVersion=0, old",
    "?resourceVersion=0&limit=500, new",
    "?limit=500, new",
    "?resourceVersion=0&labelSelector=!a, new",
    "'', new"
  })
  void answersWithTheOldListWhereAnyVersionIsAccepted(String query, String listed) {
    proxy.serveOldLists(true);

    assertThat(scene.client().raw(Scene.INSTANCES + query))
        .contains("\"name\":\"" + listed + "\"")
        .doesNotContain("\"name\":\"" + (listed.equals("old") ? "new" : "old") + "\"");
  }

  @Test
  void showsOfTheOldListWhatIsOfTheNamespace() {
    proxy.serveOldLists(true);

    assertThat(scene.client().raw(NAMESPACED + "?resourceVersion=0")).contains("\"name\":\"old\"");
    assertThat(scene.client().raw(NAMESPACED.replace("default", "other") + "?resourceVersion=0"))
        .contains("\"items\":[]");
  }

  @Test
  void answersAReadOfOneObjectFromTheOldList() {
    proxy.serveOldLists(true);

    assertThat(scene.client().raw(NAMESPACED + "/old?resourceVersion=0")).contains("\"old\"");
    assertThat(scene.client().raw(NAMESPACED + "/new?resourceVersion=0")).isNull();
    assertThat(scene.named("new").get()).isNotNull();
    assertThat(proxy.record().calls().getFirst().faults()).containsExactly("old object");
    assertThat(proxy.record().calls().getFirst().forwardedAt()).isNull();
  }

  @Test
  void letsAnInformerSeeThePastAndThenCatchUp() {
    proxy.serveOldLists(true);

    try (SharedIndexInformer<GenericKubernetesResource> informer =
        scene.instances().inAnyNamespace().runnableInformer(0)) {
      informer.run();

      await()
          .untilAsserted(
              () ->
                  assertThat(informer.getStore().list())
                      .extracting(instance -> instance.getMetadata().getName())
                      .containsExactly("new"));
      assertThat(proxy.record().calls(KubeCall::isList).getFirst().faults())
          .containsExactly("old list");
    }
  }

  @Test
  void isConsistentAgainWhenItNoLongerServesOldLists() {
    proxy.serveOldLists(true);

    proxy.serveOldLists(false);

    assertThat(scene.client().raw(Scene.INSTANCES + "?resourceVersion=0"))
        .contains("\"name\":\"new\"");
  }

  @Test
  void servesNothingThatWasNeverRemembered() {
    try (ApiServerProxy other = ApiServerProxy.start(proxy.kubeconfig())) {
      assertThatThrownBy(() -> other.serveOldLists(true))
          .hasRootCauseInstanceOf(IllegalStateException.class);
    }
  }
}
