package com.threatwinds.compute.operator.testing;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Access to a cluster as one user, as a file that kubectl and every client library read. */
public record Kubeconfig(Path file) {

  /**
   * @param ca the certificate of a server that speaks TLS, else null
   */
  public static Kubeconfig write(Path file, String server, @Nullable Path ca, String token) {
    try {
      String authority =
          ca == null
              ? ""
              : "    certificate-authority-data: "
                  + Base64.getEncoder().encodeToString(Files.readAllBytes(ca))
                  + "\n";
      Files.writeString(
          file,
          """
          apiVersion: v1
          kind: Config
          clusters:
          - name: test
            cluster:
              server: %s
          %susers:
          - name: test
            user:
              token: %s
          contexts:
          - name: test
            context:
              cluster: test
              user: test
              namespace: default
          current-context: test
          """
              .formatted(server, authority, token));
      return new Kubeconfig(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public KubernetesClient client() {
    Config config = Config.fromKubeconfig(file.toFile());
    // a test wants to see the first answer, not the last of ten
    config.setRequestRetryBackoffLimit(0);
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
