package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real-cluster")
class RealClusterIT {

  private static RealCluster cluster;

  @BeforeAll
  static void start() {
    cluster = RealCluster.start(Path.of("src/test/resources/testing/widgets.yml"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void namesItsVersion() {
    assertThat(cluster.describe()).matches("kube-apiserver v1\\.\\d+\\..*");
    assertThat(cluster.isReal()).isTrue();
  }

  @Test
  void servesTheGivenDefinitions() {
    assertThat(cluster.adminClient().getApiResources("testing.threatwinds.com/v1").getResources())
        .extracting("name")
        .contains("widgets", "widgets/status");
  }

  @Test
  void servesKubectl() {
    Kubectl kubectl = Kubectl.of(cluster).orElseThrow();

    // a real server publishes the schema of a new definition a moment after it serves it
    await()
        .untilAsserted(
            () ->
                assertThat(kubectl.run("explain", "wd.spec").output()).contains("How big it is."));
  }

  @Test
  void letsAServiceAccountDoWhatItsRoleGrantsAndNoMore() {
    KubernetesClient admin = cluster.adminClient();
    admin.resource(account("reader")).create();
    admin
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withName("reader")
                .withNamespace("default")
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("configmaps")
                .withVerbs("list")
                .endRule()
                .build())
        .create();
    admin
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName("reader")
                .withNamespace("default")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", "reader")
                .addNewSubject("", "ServiceAccount", "reader", "default")
                .build())
        .create();

    Path kubeconfig = cluster.kubeconfigOf("default", "reader");

    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    try (KubernetesClient reader = new KubernetesClientBuilder().withConfig(config).build()) {
      assertThat(reader.configMaps().inNamespace("default").list().getItems()).isNotNull();
      assertThatThrownBy(() -> reader.secrets().inNamespace("default").list())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
    }
  }

  private static io.fabric8.kubernetes.api.model.ServiceAccount account(String name) {
    return new ServiceAccountBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .build();
  }
}
