package com.threatwinds.compute.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.testing.Kubectl;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.RealCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest installs, on a real API server with RBAC; its pods aside, which need a node. The
 * operator runs as a process instead, with the environment and the ServiceAccount of its pod.
 */
final class Installation implements AutoCloseable {

  static final String NAME = "compute-operator";

  private final InstallManifest manifest;
  private final Path credentials;
  private final RealCluster cluster = RealCluster.start();
  private final ComputeSimulator api = ComputeSimulator.start();
  private final KubernetesClient account;

  /**
   * @param namespaces that are there before
   * @param directory for its own files
   */
  static Installation of(String manifest, Path directory, String... namespaces) throws IOException {
    return new Installation(manifest, directory, namespaces);
  }

  private Installation(String text, Path directory, String... namespaces) throws IOException {
    manifest = new InstallManifest(StrictYaml.read(text));
    credentials = Files.createDirectories(directory.resolve("credentials"));
    Files.writeString(
        credentials.resolve("token"), Account.DEFAULT.tokens().iterator().next() + "\n");
    for (String namespace : namespaces) {
      admin()
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
    }
    Path file = Files.writeString(directory.resolve("manifest.yaml"), text);
    var applied = Kubectl.of(cluster).orElseThrow().run("apply", "-f", file.toString());
    assertThat(applied.exitCode()).as(applied.output()).isZero();
    account =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(cluster.kubeconfigOf(NAME, NAME).toFile()))
            .build();
  }

  KubernetesClient admin() {
    return cluster.adminClient();
  }

  ComputeSimulator api() {
    return api;
  }

  /** What it grants the operator, in the order of the manifest. */
  List<String> granted() {
    return roles()
        .flatMap(role -> rules(role).stream())
        .flatMap(
            rule ->
                rule.getResources().stream()
                    .flatMap(
                        resource -> rule.getVerbs().stream().map(verb -> verb + " " + resource)))
        .toList();
  }

  /** The manifest's environment, with what only a pod has replaced. */
  OperatorProcess start(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>();
    manifest
        .container()
        .getEnv()
        .forEach(
            variable ->
                environment.put(
                    variable.getName(), variable.getValue() == null ? NAME : variable.getValue()));
    environment.put("COMPUTE_API_CREDENTIALS_DIR", credentials.toString());
    environment.put("COMPUTE_API_URL", api.url().toString());
    environment.put("COMPUTE_POLL_INTERVAL", "2s");
    environment.put("COMPUTE_POLL_FAST_INTERVAL", "200ms");
    environment.put("KUBECONFIG", cluster.kubeconfigOf(NAME, NAME).toString());
    environment.putAll(more);
    // An event that could not be written is told at this level only.
    return OperatorProcess.start(
        environment, List.of("-Dquarkus.log.category.\"com.threatwinds\".level=DEBUG"));
  }

  void take(Right right) {
    roles()
        .map(
            role ->
                role instanceof ClusterRole cluster
                    ? new ClusterRoleBuilder(cluster)
                        .withRules(without(right, cluster.getRules()))
                        .build()
                    : new RoleBuilder((Role) role)
                        .withRules(without(right, ((Role) role).getRules()))
                        .build())
        .forEach(role -> admin().resource(role).update());
    await(right + " taken").until(() -> !isAllowed(right));
  }

  void giveBack(Right right) {
    roles().forEach(role -> admin().resource(role).update());
    await(right + " given back").until(() -> isAllowed(right));
  }

  /** Those of the operator; others are for people. */
  private Stream<HasMetadata> roles() {
    return manifest.objects().stream()
        .filter(object -> object instanceof ClusterRole || object instanceof Role)
        .filter(role -> role.getMetadata().getName().equals(NAME));
  }

  private static List<PolicyRule> rules(HasMetadata role) {
    return role instanceof ClusterRole cluster ? cluster.getRules() : ((Role) role).getRules();
  }

  private static List<PolicyRule> without(Right right, List<PolicyRule> rules) {
    List<PolicyRule> left = new ArrayList<>();
    for (PolicyRule rule : rules) {
      if (!rule.getResources().contains(right.resource)) {
        left.add(rule);
        continue;
      }
      List<String> verbs = new ArrayList<>(rule.getVerbs());
      verbs.remove(right.verb);
      // A rule without verbs would be refused.
      if (!verbs.isEmpty()) {
        left.add(rule.edit().withVerbs(verbs).build());
      }
    }
    return left;
  }

  private static boolean grants(PolicyRule rule, Right right) {
    return rule.getResources().contains(right.resource) && rule.getVerbs().contains(right.verb);
  }

  private boolean isAllowed(Right right) {
    return isAllowed(right, roleWith(right).getMetadata().getNamespace());
  }

  /**
   * As the API server's authorizer, which learns of a change a moment later, sees it.
   *
   * @param namespace null for all
   */
  boolean isAllowed(Right right, @Nullable String namespace) {
    PolicyRule rule =
        rules(roleWith(right)).stream().filter(r -> grants(r, right)).findFirst().orElseThrow();
    String[] parts = right.resource.split("/", 2);
    return account
        .resource(
            new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withGroup(rule.getApiGroups().getFirst())
                .withResource(parts[0])
                .withSubresource(parts.length > 1 ? parts[1] : null)
                .withName(rule.getResourceNames().stream().findFirst().orElse(null))
                .withNamespace(namespace)
                .withVerb(right.verb)
                .endResourceAttributes()
                .endSpec()
                .build())
        .create()
        .getStatus()
        .getAllowed();
  }

  private HasMetadata roleWith(Right right) {
    return roles()
        .filter(role -> rules(role).stream().anyMatch(rule -> grants(rule, right)))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    account.close();
    api.close();
    cluster.close();
  }
}
