package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InstallManifestTest {

  private static final String NAME = "compute-operator";

  private final InstallManifest manifest = InstallManifest.read();
  private final PodSpec pod = manifest.only(Deployment.class).getSpec().getTemplate().getSpec();
  private final Container container = manifest.container();

  @Test
  void refusesAFieldThatTheModelDoesNotHave() {
    String misspelt = InstallManifest.text().replace("readOnlyRootFilesystem", "readOnlyRootFs");

    assertThatThrownBy(() -> StrictYaml.read(misspelt)).hasMessageContaining("readOnlyRootFs");
  }

  @Test
  void hasOneOfEachAndNothingElse() {
    assertThat(manifest.objects())
        .extracting(HasMetadata::getKind)
        .containsExactly(
            "Namespace",
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "PodDisruptionBudget",
            "Deployment",
            "CustomResourceDefinition",
            "CustomResourceDefinition");
  }

  @Test
  void bringsTheGeneratedDefinitionsWordForWord() throws IOException {
    StringBuilder generated = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("crds"))) {
      for (Path file : files.sorted().toList()) {
        generated.append("---\n").append(Files.readString(file));
      }
    }

    assertThat(InstallManifest.text())
        .as("deploy/install.yaml ends with the files of crds/, each after a ---")
        .endsWith(generated);
  }

  @Test
  void putsEverythingIntoItsOwnNamespace() {
    assertThat(manifest.only(Namespace.class).getMetadata().getName()).isEqualTo(NAME);
    assertThat(
            List.of(
                manifest.only(ServiceAccount.class),
                manifest.only(Role.class),
                manifest.only(RoleBinding.class),
                manifest.only(PodDisruptionBudget.class),
                manifest.only(Deployment.class)))
        .extracting(object -> object.getMetadata().getNamespace())
        .containsOnly(NAME);
  }

  @Test
  void hasAnotherReadyWhenTheLeaderEndsAndLetsNoDrainTakeBoth() {
    var deployment = manifest.only(Deployment.class).getSpec();
    var labels = deployment.getTemplate().getMetadata().getLabels();
    var budget = manifest.only(PodDisruptionBudget.class).getSpec();

    assertThat(deployment.getReplicas()).isEqualTo(2);
    assertThat(budget.getMaxUnavailable().getIntVal()).isEqualTo(1);
    assertThat(budget.getSelector().getMatchLabels())
        .isEqualTo(deployment.getSelector().getMatchLabels())
        .isEqualTo(labels);
    assertThat(pod.getTopologySpreadConstraints())
        .singleElement()
        .satisfies(
            spread -> assertThat(spread.getLabelSelector().getMatchLabels()).isEqualTo(labels));
    assertThat(container.getEnv())
        .filteredOn(variable -> variable.getName().equals("OPERATOR_LEADER_ELECTION"))
        .singleElement()
        .satisfies(variable -> assertThat(variable.getValue()).isEqualTo("true"));
  }

  @Test
  void asksItsNamespaceForRestrictedPods() {
    assertThat(manifest.only(Namespace.class).getMetadata().getLabels())
        .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
  }

  @Test
  void bindsBothRolesToTheAccountOfThePod() {
    var cluster = manifest.only(ClusterRoleBinding.class);
    var own = manifest.only(RoleBinding.class);

    assertThat(cluster.getRoleRef().getKind()).isEqualTo("ClusterRole");
    assertThat(cluster.getRoleRef().getName())
        .isEqualTo(manifest.only(ClusterRole.class).getMetadata().getName());
    assertThat(own.getRoleRef().getKind()).isEqualTo("Role");
    assertThat(own.getRoleRef().getName())
        .isEqualTo(manifest.only(Role.class).getMetadata().getName());
    for (var subjects : List.of(cluster.getSubjects(), own.getSubjects())) {
      assertThat(subjects)
          .singleElement()
          .satisfies(
              subject -> {
                assertThat(subject.getKind()).isEqualTo("ServiceAccount");
                assertThat(subject.getNamespace()).isEqualTo(NAME);
                assertThat(subject.getName())
                    .isEqualTo(manifest.only(ServiceAccount.class).getMetadata().getName())
                    .isEqualTo(pod.getServiceAccountName());
              });
    }
  }

  @Test
  void grantsNothingByWildcardAndNoSecrets() {
    for (PolicyRule rule : manifest.rules()) {
      assertThat(rule.getApiGroups()).isNotEmpty().doesNotContain("*", "");
      assertThat(rule.getResources()).isNotEmpty().doesNotContain("*", "secrets");
      assertThat(rule.getVerbs()).isNotEmpty().doesNotContain("*");
      assertThat(rule.getNonResourceURLs()).isEmpty();
    }
  }

  @Test
  void seesOfTheDefinitionsOnlyItsOwn() {
    assertThat(manifest.rules())
        .filteredOn(rule -> rule.getResources().contains("customresourcedefinitions"))
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.getResourceNames()).containsExactly(definitionName());
              assertThat(rule.getVerbs()).containsExactly("get");
            });
  }

  @Test
  void runsAsTheRestrictedProfileDemands() {
    var ofPod = pod.getSecurityContext();
    var ofContainer = container.getSecurityContext();

    assertThat(ofPod.getRunAsNonRoot()).isTrue();
    assertThat(ofPod.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(ofContainer.getAllowPrivilegeEscalation()).isFalse();
    assertThat(ofContainer.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(ofContainer.getCapabilities().getAdd()).isEmpty();
    assertThat(ofContainer.getPrivileged()).isNull();
    assertThat(pod.getHostNetwork()).isNull();
    assertThat(pod.getHostPID()).isNull();
    assertThat(pod.getHostIPC()).isNull();
    assertThat(pod.getVolumes())
        .allMatch(volume -> volume.getSecret() != null || volume.getEmptyDir() != null);
  }

  @Test
  void runsAsAnyUserOnAReadOnlyRootWithATmpOfItsOwn() {
    assertThat(pod.getSecurityContext().getRunAsUser()).isNull();
    assertThat(container.getSecurityContext().getRunAsUser()).isNull();
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getVolumeMounts())
        .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
        .extracting(VolumeMount::getMountPath)
        .containsExactly("/tmp");
  }

  @Test
  void endsLaterThanItsOwnShutdown() {
    Settings defaults =
        Settings.read(name -> Optional.of("t").filter(t -> name.equals("compute.api.token")), true);

    assertThat(Duration.ofSeconds(pod.getTerminationGracePeriodSeconds()))
        .isGreaterThan(defaults.longestShutdown());
  }

  @Test
  void isProbedWhereTheOperatorAnswers() {
    assertThat(List.of(container.getStartupProbe(), container.getLivenessProbe()))
        .extracting(InstallManifestTest::path)
        .containsExactly("/q/health/started", "/q/health/live");
    assertThat(path(container.getReadinessProbe())).isEqualTo("/q/health/ready");
    assertThat(container.getPorts())
        .singleElement()
        .satisfies(
            port -> {
              assertThat(port.getName()).isEqualTo("http");
              assertThat(port.getContainerPort()).isEqualTo(8080);
            });
  }

  @Test
  void mountsTheSecretOfTheSamplesWhereTheOperatorReadsItAndStartsWithoutIt() throws IOException {
    Path sample = Path.of("samples", "00-credentials-secret.yaml");
    var secret = StrictYaml.read(Files.readString(sample)).getFirst().getMetadata();
    assertThat(secret.getNamespace()).isEqualTo(NAME);
    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getSecret() != null)
        .singleElement()
        .satisfies(
            volume -> {
              assertThat(volume.getSecret().getSecretName()).isEqualTo(secret.getName());
              assertThat(volume.getSecret().getOptional()).isTrue();
              assertThat(mountOf(volume).getMountPath())
                  .isEqualTo(value("COMPUTE_API_CREDENTIALS_DIR"));
              assertThat(mountOf(volume).getReadOnly()).isTrue();
            });
  }

  @Test
  void electsALeaderInItsOwnNamespaceUnderTheNameThatItsRoleAllows() {
    assertThat(value("OPERATOR_LEADER_ELECTION")).isEqualTo("true");
    assertThat(variable("OPERATOR_LEASE_NAMESPACE").getValueFrom().getFieldRef().getFieldPath())
        .isEqualTo("metadata.namespace");
    assertThat(manifest.only(Role.class).getRules())
        .filteredOn(rule -> !rule.getVerbs().contains("create"))
        .singleElement()
        .satisfies(rule -> assertThat(rule.getResourceNames()).containsExactly(NAME));
  }

  @Test
  void holdsNoCredentialsItself() {
    assertThat(container.getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("COMPUTE_API_TOKEN", "COMPUTE_API_KEY", "COMPUTE_API_SECRET");
  }

  @Test
  void hasABoundForItsMemoryAndNoneForItsProcessor() {
    assertThat(container.getResources().getLimits()).containsOnlyKeys("memory");
    assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
  }

  private String definitionName() {
    String name = "computeinstances." + ComputeInstance.GROUP;
    assertThat(manifest.all(CustomResourceDefinition.class))
        .extracting(definition -> definition.getMetadata().getName())
        .containsExactly(name, "computetemplates." + ComputeInstance.GROUP);
    return name;
  }

  private static String path(Probe probe) {
    assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
    return probe.getHttpGet().getPath();
  }

  private VolumeMount mountOf(Volume volume) {
    return container.getVolumeMounts().stream()
        .filter(mount -> mount.getName().equals(volume.getName()))
        .findFirst()
        .orElseThrow();
  }

  private EnvVar variable(String name) {
    return container.getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String value(String name) {
    return variable(name).getValue();
  }
}
