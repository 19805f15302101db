package com.threatwinds.compute.operator.it;

import com.threatwinds.compute.operator.testing.RealCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.nio.file.Path;
import java.util.List;

/** What the operator may do in a real cluster: exactly what it uses, so that more is noticed. */
final class Permissions {

  private static final String NAME = "compute-operator";
  private static final String GROUP = "compute.threatwinds.com";

  private Permissions() {}

  /** The kubeconfig of a service account with those permissions, which is made if need be. */
  static Path grantIn(RealCluster cluster) {
    KubernetesClient admin = cluster.adminClient();
    admin
        .resource(new NamespaceBuilder().withNewMetadata().withName(NAME).endMetadata().build())
        .createOr(NonDeletingOperation::update);
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAME)
                .endMetadata()
                .build())
        .createOr(NonDeletingOperation::update);
    admin
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withRules(rules())
                .build())
        .createOr(NonDeletingOperation::update);
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", NAME)
                .addNewSubject("", "ServiceAccount", NAME, NAME)
                .build())
        .createOr(NonDeletingOperation::update);
    return cluster.kubeconfigOf(NAME, NAME);
  }

  private static List<PolicyRule> rules() {
    return List.of(
        rule(GROUP, "computeinstances", "get", "list", "watch", "patch"),
        rule(GROUP, "computeinstances/status", "update"),
        rule("events.k8s.io", "events", "create"),
        new PolicyRuleBuilder()
            .withApiGroups("apiextensions.k8s.io")
            .withResources("customresourcedefinitions")
            .withResourceNames("computeinstances." + GROUP)
            .withVerbs("get")
            .build());
  }

  private static PolicyRule rule(String group, String resource, String... verbs) {
    return new PolicyRuleBuilder()
        .withApiGroups(group)
        .withResources(resource)
        .withVerbs(verbs)
        .build();
  }
}
