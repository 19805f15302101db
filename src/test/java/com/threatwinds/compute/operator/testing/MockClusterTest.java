package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MockClusterTest {

  private static final Path WIDGETS = Path.of("src/test/resources/testing/widgets.yml");

  private MockCluster cluster;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    cluster = MockCluster.start(WIDGETS);
    client = cluster.adminClient();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void tellsWhatItServes() {
    assertThat(client.getKubernetesVersion().getMajor()).isEqualTo("1");
    assertThat(client.getApiGroups().getGroups())
        .extracting("name")
        .contains("events.k8s.io", "coordination.k8s.io", "testing.threatwinds.com");
    assertThat(client.getApiResources("testing.threatwinds.com/v1").getResources())
        .extracting("name")
        .containsExactly("widgets", "widgets/status");
  }

  @Test
  void allowsEverythingWhenAskedForOnesOwnRights() {
    SelfSubjectRulesReview review =
        client
            .resource(
                new SelfSubjectRulesReviewBuilder()
                    .withNewSpec()
                    .withNamespace("default")
                    .endSpec()
                    .build())
            .create();

    assertThat(review.getStatus().getResourceRules().getFirst().getVerbs()).containsExactly("*");
  }

  @Test
  void keepsStatusAndTheRestApart() {
    widget("one", 1).create();
    GenericKubernetesResource both = live("one");
    both.getAdditionalProperties().put("status", Map.of("phase", "Done"));
    both.<Map<String, Object>>get("spec").put("size", 2);

    client.resource(both).update();
    assertThat(live("one").<Integer>get("spec", "size")).isEqualTo(2);
    assertThat(live("one").<Object>get("status")).isNull();

    both.setMetadata(live("one").getMetadata());
    both.<Map<String, Object>>get("spec").put("size", 3);
    client.resource(both).updateStatus();
    assertThat(live("one").<Integer>get("spec", "size")).isEqualTo(2);
    assertThat(live("one").<String>get("status", "phase")).isEqualTo("Done");
  }

  @Test
  void countsGenerationsOfTheSpecOnlyAndOfTheDeletion() {
    GenericKubernetesResource one = widget("one", 1).create();
    assertThat(one.getMetadata().getGeneration()).isEqualTo(1);

    one.getMetadata().setFinalizers(List.of("testing.threatwinds.com/hold"));
    one = client.resource(one).update();
    assertThat(one.getMetadata().getGeneration()).isEqualTo(1);

    one.<Map<String, Object>>get("spec").put("size", 2);
    one = client.resource(one).update();
    assertThat(one.getMetadata().getGeneration()).isEqualTo(2);

    client.resource(one).delete();
    assertThat(live("one").getMetadata().getGeneration()).isEqualTo(3);
    assertThat(live("one").getMetadata().getDeletionTimestamp()).isNotNull();
  }

  @Test
  void refusesAnUpdateOfAnOldVersion() {
    GenericKubernetesResource old = widget("one", 1).create();
    GenericKubernetesResource changed = live("one");
    changed.<Map<String, Object>>get("spec").put("size", 2);
    client.resource(changed).update();

    assertThatThrownBy(() -> client.resource(old).updateStatus())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    String patch =
        """
        [{"op":"replace","path":"/metadata/resourceVersion","value":"%s"},
         {"op":"replace","path":"/spec/size","value":9}]
        """
            .formatted(old.getMetadata().getResourceVersion());
    assertThatThrownBy(() -> named("one").patch(PatchContext.of(PatchType.JSON), patch))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void replacesListsInAMergePatch() {
    widget("one", 1).create();
    named("one")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"colours\":[\"red\",\"blue\"]}}");

    named("one")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"colours\":[\"green\"]}}");

    assertThat(live("one").<List<String>>get("spec", "colours")).containsExactly("green");
  }

  @Test
  void refusesAJsonPatchThatDoesNotFit() {
    widget("one", 1).create();

    assertThatThrownBy(
            () ->
                named("one")
                    .patch(
                        PatchContext.of(PatchType.JSON),
                        "[{\"op\":\"test\",\"path\":\"/spec/size\",\"value\":7}]"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422));
  }

  @Test
  void doesNotKeepWhatADryRunWrites() {
    client.resource(widget("one", 1).item()).dryRun().create();

    assertThat(named("one").get()).isNull();
  }

  @Test
  void ignoresQueriesOnTheStatusSubresource() throws Exception {
    widget("one", 1).create();
    GenericKubernetesResource one = live("one");
    one.getAdditionalProperties().put("status", Map.of("phase", "Done"));

    String path = "/apis/testing.threatwinds.com/v1/namespaces/default/widgets/one/status";
    client.raw(path + "?fieldManager=test&fieldValidation=Strict", "PUT", one);

    assertThat(live("one").<String>get("status", "phase")).isEqualTo("Done");
  }

  @Test
  void showsInformersEveryChange() {
    List<String> seen = new CopyOnWriteArrayList<>();
    widget("one", 1).create();
    try (SharedIndexInformer<GenericKubernetesResource> informer =
        client
            .genericKubernetesResources("testing.threatwinds.com/v1", "Widget")
            .inAnyNamespace()
            .inform(recorder(seen))) {
      await().until(informer::hasSynced);

      GenericKubernetesResource one = live("one");
      one.<Map<String, Object>>get("spec").put("size", 2);
      client.resource(one).update();
      widget("two", 1).create();
      named("one").delete();

      await().untilAsserted(() -> assertThat(seen).containsExactly("+one", "one", "+two", "-one"));
    }
  }

  @Test
  void endsAWatchAfterTheTimeThatWasAsked() throws Exception {
    String watch = "/apis/testing.threatwinds.com/v1/widgets?watch=true&timeoutSeconds=1";
    widget("one", 1).create();

    String events = client.raw(watch);
    widget("two", 1).create();

    assertThat(events).contains("ADDED", "\"one\"").doesNotContain("\"two\"");
  }

  @Test
  void removesADeletedObjectWithItsLastFinalizer() {
    GenericKubernetesResource one = widget("one", 1).item();
    one.getMetadata().setFinalizers(List.of("testing.threatwinds.com/hold"));
    client.resource(one).create();
    named("one").delete();
    GenericKubernetesResource held = live("one");

    held.getMetadata().setFinalizers(List.of());
    GenericKubernetesResource last = client.resource(held).update();

    assertThat(last.getMetadata().getDeletionTimestamp()).isNotNull();
    assertThat(named("one").get()).isNull();
  }

  @Test
  void servesKubectl(@TempDir Path directory) throws IOException {
    Kubectl kubectl = Kubectl.of(cluster).orElse(null);
    Assumptions.assumeTrue(kubectl != null, "no kubectl on the PATH");
    Path manifest =
        Files.writeString(
            directory.resolve("widget.yml"),
            """
            apiVersion: testing.threatwinds.com/v1
            kind: Widget
            metadata:
              name: one
            spec:
              size: 4
            """);

    assertThat(kubectl.run("apply", "-f", manifest.toString()).output())
        .contains("widget.testing.threatwinds.com/one created");
    assertThat(kubectl.run("apply", "-f", manifest.toString()).output()).contains("unchanged");
    Files.writeString(manifest, Files.readString(manifest).replace("size: 4", "size: 5"));
    assertThat(kubectl.run("apply", "-f", manifest.toString()).output()).contains("configured");
    assertThat(kubectl.run("get", "wd").output())
        .containsPattern("NAME +READY +SIZE +AGE\none +5 ");
    assertThat(kubectl.run("get", "gadgets", "-A").output()).contains("default", "one");
    assertThat(kubectl.run("explain", "wd.spec").output()).contains("How big it is.");

    becomeReady("one");
    assertThat(kubectl.run("get", "wd", "-o", "wide").output())
        .containsPattern("NAME +READY +SIZE +REASON +AGE\none +True +5 +Polished ");
    assertThat(kubectl.run("wait", "--for=condition=Ready", "wd/one", "--timeout=10s"))
        .isEqualTo(new Kubectl.Result(0, "widget.testing.threatwinds.com/one condition met\n"));
    assertThat(kubectl.run("get", "wd", "missing").output())
        .isEqualTo(
            "Error from server (NotFound): widgets.testing.threatwinds.com \"missing\" not found\n");
    event("one");
    assertThat(kubectl.run("describe", "wd", "one").output())
        .contains("Polished", "made by the test");
    assertThat(kubectl.run("get", "events").output())
        .containsPattern("LAST SEEN +TYPE +REASON +OBJECT +MESSAGE")
        .containsPattern("Normal +Polished +widget/one +made by the test");
    assertThat(kubectl.run("delete", "wd", "one").output()).contains("\"one\" deleted");
    assertThat(named("one").get()).isNull();
  }

  @Test
  void streamsChangesToKubectl(@TempDir Path directory) throws Exception {
    Kubectl kubectl = Kubectl.of(cluster).orElse(null);
    Assumptions.assumeTrue(kubectl != null, "no kubectl on the PATH");
    widget("one", 1).create();
    Path output = directory.resolve("watch");

    Process watch = kubectl.start(output, "get", "wd", "-w");
    try {
      await().untilAsserted(() -> assertThat(output).content().contains("one"));
      becomeReady("one");

      await()
          .untilAsserted(
              () ->
                  assertThat(output)
                      .content()
                      .containsPattern("NAME +READY +SIZE +AGE\none +1 .*\none +True +1 .*\n$"));
    } finally {
      watch.destroy();
      watch.waitFor();
    }
  }

  private void becomeReady(String name) {
    GenericKubernetesResource widget = live(name);
    widget
        .getAdditionalProperties()
        .put(
            "status",
            Map.of(
                "conditions",
                List.of(Map.of("type", "Ready", "status", "True", "reason", "Polished"))));
    client.resource(widget).updateStatus();
  }

  private void event(String regarding) {
    client
        .events()
        .v1()
        .events()
        .inNamespace("default")
        .resource(
            new io.fabric8.kubernetes.api.model.events.v1.EventBuilder()
                .withNewMetadata()
                .withGenerateName("one-")
                .endMetadata()
                .withNewEventTime("2026-01-02T03:04:05.000006Z")
                .withReason("Polished")
                .withNote("made by the test")
                .withType("Normal")
                .withAction("Polish")
                .withReportingController("test")
                .withReportingInstance("test-1")
                .withNewRegarding()
                .withApiVersion("testing.threatwinds.com/v1")
                .withKind("Widget")
                .withNamespace("default")
                .withName(regarding)
                .withUid(live(regarding).getMetadata().getUid())
                .endRegarding()
                .build())
        .create();
  }

  private Resource<GenericKubernetesResource> widget(String name, int size) {
    return client.resource(
        new GenericKubernetesResourceBuilder()
            .withApiVersion("testing.threatwinds.com/v1")
            .withKind("Widget")
            .withNewMetadata()
            .withName(name)
            .withNamespace("default")
            .endMetadata()
            .addToAdditionalProperties("spec", new java.util.HashMap<>(Map.of("size", size)))
            .build());
  }

  private Resource<GenericKubernetesResource> named(String name) {
    return client
        .genericKubernetesResources("testing.threatwinds.com/v1", "Widget")
        .inNamespace("default")
        .withName(name);
  }

  private GenericKubernetesResource live(String name) {
    return named(name).require();
  }

  private static ResourceEventHandler<GenericKubernetesResource> recorder(List<String> seen) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(GenericKubernetesResource added) {
        seen.add("+" + added.getMetadata().getName());
      }

      @Override
      public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource now) {
        seen.add(now.getMetadata().getName());
      }

      @Override
      public void onDelete(GenericKubernetesResource gone, boolean unknown) {
        seen.add("-" + gone.getMetadata().getName());
      }
    };
  }
}
