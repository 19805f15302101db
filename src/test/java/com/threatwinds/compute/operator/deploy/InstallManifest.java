package com.threatwinds.compute.operator.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** {@code deploy/install.yaml}, read strictly. */
record InstallManifest(List<HasMetadata> objects) {

  static final Path FILE = Path.of("deploy", "install.yaml");

  static InstallManifest read() {
    return new InstallManifest(StrictYaml.read(text()));
  }

  static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  <T extends HasMetadata> Stream<T> all(Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast);
  }

  /** The only one of its kind. */
  <T extends HasMetadata> T only(Class<T> type) {
    List<T> found = all(type).toList();
    if (found.size() != 1) {
      throw new IllegalStateException(found.size() + " of " + type.getSimpleName());
    }
    return found.getFirst();
  }

  Container container() {
    return only(Deployment.class).getSpec().getTemplate().getSpec().getContainers().getFirst();
  }

  List<PolicyRule> rules() {
    return Stream.concat(
            all(ClusterRole.class).flatMap(role -> role.getRules().stream()),
            all(Role.class).flatMap(role -> role.getRules().stream()))
        .toList();
  }
}
