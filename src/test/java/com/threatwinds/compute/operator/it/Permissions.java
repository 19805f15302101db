package com.threatwinds.compute.operator.it;

import com.threatwinds.compute.operator.testing.RealCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What the operator may do in a real cluster: what {@code deploy/install.yaml} grants it. */
final class Permissions {

  private static final String NAME = "compute-operator";

  private static final Set<Class<? extends HasMetadata>> KINDS =
      Set.of(
          Namespace.class,
          ServiceAccount.class,
          ClusterRole.class,
          ClusterRoleBinding.class,
          Role.class,
          RoleBinding.class);

  private Permissions() {}

  /** The kubeconfig of a service account with those permissions, which is made if need be. */
  static Path grantIn(RealCluster cluster) {
    try (InputStream manifest = Files.newInputStream(Path.of("deploy", "install.yaml"))) {
      cluster.adminClient().load(manifest).items().stream()
          .filter(object -> KINDS.contains(object.getClass()))
          .forEach(
              object ->
                  cluster.adminClient().resource(object).createOr(NonDeletingOperation::update));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cluster.kubeconfigOf(NAME, NAME);
  }
}
