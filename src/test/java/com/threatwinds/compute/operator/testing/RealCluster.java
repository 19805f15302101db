package com.threatwinds.compute.operator.testing;

import io.fabric8.kubeapitest.cert.CertManager;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/**
 * etcd and a kube-apiserver with RBAC, as child processes that listen on the loopback address only.
 *
 * <p>Not started by kube-api-test, which listens on every interface and authorizes everybody to do
 * everything; only the certificates are made by it. There are no controllers: nothing is garbage
 * collected, a deleted namespace stays Terminating, and service accounts are as one creates them.
 */
public final class RealCluster implements TestCluster {

  private static final Duration START = Duration.ofSeconds(90);

  private final Workspace workspace = Workspace.create("real-cluster");
  private final int port = FreePort.next();
  private final ChildProcess etcd;
  private final ChildProcess apiServer;
  private final Kubeconfig kubeconfig;
  private final KubernetesClient adminClient;
  private final String version;

  private RealCluster(KubeAssets assets) {
    @Nullable ChildProcess started = null;
    try {
      int etcdPort = FreePort.next();
      String adminToken = UUID.randomUUID().toString();
      certificates(adminToken);
      etcd = startEtcd(assets, etcdPort);
      started = etcd;
      apiServer = startApiServer(assets, etcdPort);
      kubeconfig =
          Kubeconfig.write(
              workspace.file("kubeconfig"), address(), serverCertificate(), adminToken);
      adminClient = kubeconfig.client();
    } catch (RuntimeException e) {
      if (started != null) {
        started.close();
      }
      workspace.close();
      throw e;
    }
    try {
      version = awaitReady();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts one, from the binaries of {@link KubeAssets}.
   *
   * @param definitions YAML files of CustomResourceDefinitions, or directories of such files
   */
  public static RealCluster start(Path... definitions) {
    RealCluster cluster =
        new RealCluster(
            KubeAssets.find().orElseThrow(() -> new IllegalStateException(KubeAssets.ABSENCE)));
    try {
      Definitions.apply(cluster.adminClient, definitions);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public KubernetesClient adminClient() {
    return adminClient;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig.file();
  }

  /**
   * The kubeconfig of a service account, which must exist: it may do what RBAC grants it, and no
   * more.
   */
  public Path kubeconfigOf(String namespace, String serviceAccount) {
    String token =
        adminClient
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(serviceAccount)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(Duration.ofHours(12).toSeconds())
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    Path file = workspace.file(namespace + "-" + serviceAccount + ".kubeconfig");
    return Kubeconfig.write(file, address(), serverCertificate(), token).file();
  }

  @Override
  public String describe() {
    return "kube-apiserver " + version;
  }

  @Override
  public boolean isReal() {
    return true;
  }

  @Override
  public void close() {
    adminClient.close();
    for (ChildProcess process : List.of(apiServer, etcd)) {
      // its data goes anyway, and its graceful end would wait for open watches
      process.kill();
      process.close();
    }
    workspace.close();
  }

  private String address() {
    return "https://127.0.0.1:" + port;
  }

  private Path serverCertificate() {
    return workspace.file("server.crt");
  }

  private void certificates(String adminToken) {
    CertManager.generateKeyAndCertificate(
        "CN=127.0.0.1",
        workspace.file("server.key").toFile(),
        serverCertificate().toFile(),
        new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
        new GeneralName(GeneralName.dNSName, "localhost"));
    CertManager.generateKeyAndCertificate(
        "CN=service-accounts",
        workspace.file("service-accounts.key").toFile(),
        workspace.file("service-accounts.crt").toFile());
    try {
      Files.writeString(workspace.file("tokens"), adminToken + ",admin,admin,\"system:masters\"\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ChildProcess startEtcd(KubeAssets assets, int clientPort) {
    String client = "http://127.0.0.1:" + clientPort;
    String peer = "http://127.0.0.1:" + FreePort.next();
    return ChildProcess.start(
        "etcd",
        List.of(
            assets.etcd().toString(),
            "--name=default",
            "--data-dir=" + workspace.file("etcd"),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer,
            // nothing here must survive a power cut
            "--unsafe-no-fsync"));
  }

  private ChildProcess startApiServer(KubeAssets assets, int etcdPort) {
    return ChildProcess.start(
        "kube-apiserver",
        List.of(
            assets.apiServer().toString(),
            "--etcd-servers=http://127.0.0.1:" + etcdPort,
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--secure-port=" + port,
            "--tls-cert-file=" + serverCertificate(),
            "--tls-private-key-file=" + workspace.file("server.key"),
            "--token-auth-file=" + workspace.file("tokens"),
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-key-file=" + workspace.file("service-accounts.crt"),
            "--service-account-signing-key-file=" + workspace.file("service-accounts.key"),
            "--service-cluster-ip-range=10.0.0.0/24",
            "--allow-privileged=true",
            "--endpoint-reconciler-type=none"));
  }

  private String awaitReady() {
    Instant end = Instant.now().plus(START);
    while (!apiServer.endsWithin(100, TimeUnit.MILLISECONDS) && etcd.isAlive()) {
      try {
        if (Objects.equals(adminClient.raw("/readyz"), "ok")) {
          return adminClient.getKubernetesVersion().getGitVersion();
        }
      } catch (KubernetesClientException e) {
        if (Instant.now().isAfter(end)) {
          throw new IllegalStateException(
              "kube-apiserver isn't ready after " + START + "; see " + apiServer.logFile(), e);
        }
      }
    }
    throw new IllegalStateException(
        "the control plane ended; see " + etcd.logFile() + " and " + apiServer.logFile());
  }
}
