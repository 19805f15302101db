package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.testing.Kubectl;
import com.threatwinds.compute.operator.testing.RealCluster;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a real API server says of the manifests: its schemas, pod security, the roles for people and
 * the admission policy. {@code install.yaml} comes first, and the others over it.
 */
@Tag("real-cluster")
@TestMethodOrder(OrderAnnotation.class)
class InstallIT {

  private static final String NAME = Chart.NAME;

  @TempDir private static Path directory;

  private static RealCluster cluster;
  private static KubernetesClient admin;

  @BeforeAll
  static void start() throws IOException {
    cluster = RealCluster.start();
    admin = cluster.adminClient();
    apply(InstallManifest.text());
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  private static Kubectl.Result kubectl(String... arguments) {
    return Kubectl.of(cluster).orElseThrow().run(arguments);
  }

  private static void apply(String manifest) throws IOException {
    Path file = Files.writeString(directory.resolve("manifest.yaml"), manifest);
    var applied = kubectl("apply", "--server-side", "--force-conflicts", "-f", file.toString());
    assertThat(applied.exitCode()).as(applied.output()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "overlays/namespaced", "overlays/ha", "overlays/demo"})
  @Order(1)
  void takesEachKustomization(String kustomization) {
    kubectl("create", "namespace", "team-a");

    var applied =
        kubectl(
            "apply",
            "--server-side",
            "--force-conflicts",
            "--dry-run=server",
            "-k",
            Rendered.KUSTOMIZE.resolve(kustomization).toString());

    assertThat(applied.exitCode()).as(applied.output()).isZero();
    assertThat(applied.output()).doesNotContain("Warning");
  }

  static Stream<PodTemplateSpec> templates() {
    String demo = "deploy/kustomize/overlays/demo/simulator.yaml";
    return Stream.of(
            StrictYaml.read(InstallManifest.text()),
            StrictYaml.read(text(Path.of(demo))),
            StrictYaml.read(
                Chart.render("certificateAuthorities: {configMap: authorities, key: ca.crt}")))
        .flatMap(List::stream)
        .filter(Deployment.class::isInstance)
        .map(deployment -> ((Deployment) deployment).getSpec().getTemplate());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("templates")
  @Order(2)
  void admitsThePodUnderTheRestrictedStandard(PodTemplateSpec template) {
    assertThat(admin.namespaces().withName(NAME).get().getMetadata().getLabels())
        .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    kubectl("create", "serviceaccount", "default", "--namespace", NAME);

    assertThat(tried(template).getSpec().getContainers()).hasSize(1);
  }

  /** That the standard is in force at all. */
  @ParameterizedTest
  @MethodSource("templates")
  @Order(2)
  void wouldRefuseIfItKeptItsCapabilities(PodTemplateSpec template) {
    template.getSpec().getContainers().getFirst().getSecurityContext().setCapabilities(null);

    assertThatThrownBy(() -> tried(template))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("violates PodSecurity \"restricted");
  }

  private static Pod tried(PodTemplateSpec template) {
    return admin
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("tried")
                .withNamespace(NAME)
                .withLabels(template.getMetadata().getLabels())
                .endMetadata()
                .withSpec(template.getSpec())
                .build())
        .dryRun()
        .create();
  }

  @Test
  @Order(3)
  void takesTheChartWithEverything() throws IOException {
    // A selector can't be changed, and the chart's names the release.
    admin.apps().deployments().inNamespace(NAME).withName(NAME).delete();

    apply(
        Chart.render(
            """
            admissionPolicy: {enabled: true}
            networkPolicy: {enabled: true}
            """));

    assertThat(admin.network().v1().networkPolicies().inNamespace(NAME).list().getItems())
        .hasSize(1);
  }

  @Test
  @Order(4)
  void letsPeopleEditResourcesButNotTheirStatusNorTheCatalogue() {
    bind("viewer", NAME + "-view");
    bind("editor", NAME + "-view");
    bind("editor", NAME + "-edit");

    await().until(() -> may("editor", "update", "computeinstances", ""));
    for (String verb : List.of("create", "update", "patch", "delete", "deletecollection")) {
      assertThat(may("editor", verb, "computeinstances", "")).as(verb).isTrue();
      assertThat(may("editor", verb, "computeinstances", "status")).as(verb).isFalse();
      assertThat(may("editor", verb, "computetemplates", "")).as(verb).isFalse();
      assertThat(may("viewer", verb, "computeinstances", "")).as(verb).isFalse();
    }
    for (String verb : List.of("get", "list", "watch")) {
      assertThat(may("viewer", verb, "computeinstances", "")).as(verb).isTrue();
      assertThat(may("viewer", verb, "computetemplates", "")).as(verb).isTrue();
    }
  }

  private static void bind(String user, String role) {
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(user + "-" + role)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                .build())
        .create();
  }

  private static boolean may(String user, String verb, String resource, String subresource) {
    return admin
        .resource(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user)
                .withNewResourceAttributes()
                .withNamespace("default")
                .withGroup(ComputeInstance.GROUP)
                .withResource(resource)
                .withSubresource(subresource)
                .withVerb(verb)
                .endResourceAttributes()
                .endSpec()
                .build())
        .create()
        .getStatus()
        .getAllowed();
  }

  /** Even for an administrator, who has all rights. */
  @Test
  @Order(5)
  void keepsTheBindingsCopyToTheOperator() {
    admin.resource(instance("kept", Map.of())).create();
    admin.resource(instance("restored", Map.of(Annotations.INSTANCE_ID, "i-1"))).create();

    // It is in force a moment later; until then each try is a change, and must be another one.
    AtomicInteger tries = new AtomicInteger();
    await("the policy")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThatThrownBy(
                        () -> annotate(admin, "kept", "\"try-" + tries.incrementAndGet() + "\""))
                    .hasMessageContaining("kept by the operator alone"));
    assertThatThrownBy(() -> annotate(admin, "restored", "\"i-2\""))
        .hasMessageContaining("kept by the operator alone");
    assertThatThrownBy(() -> annotate(admin, "restored", "null"))
        .hasMessageContaining("kept by the operator alone");
    assertThat(
            kubectl("label", "computeinstance", "restored", "team=red", "--namespace", "default")
                .exitCode())
        .isZero();
    try (KubernetesClient operator =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(cluster.kubeconfigOf(NAME, NAME).toFile()))
            .build()) {
      annotate(operator, "kept", "\"i-3\"");
    }
    assertThat(
            admin
                .resources(ComputeInstance.class)
                .inNamespace("default")
                .withName("kept")
                .get()
                .getMetadata()
                .getAnnotations())
        .containsEntry(Annotations.INSTANCE_ID, "i-3");
  }

  private static void annotate(KubernetesClient client, String name, String value) {
    client
        .resources(ComputeInstance.class)
        .inNamespace("default")
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":%s}}}"
                .formatted(Annotations.INSTANCE_ID, value));
  }

  private static ComputeInstance instance(String name, Map<String, String> annotations) {
    var resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace("default")
            .withAnnotations(annotations)
            .build());
    resource.setSpec(
        new ComputeInstanceSpec("ubuntu-22-standard", null, null, null, null, null, null));
    return resource;
  }
}
