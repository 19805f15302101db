package com.threatwinds.compute.operator.testing;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;

/** A Kubernetes API that lives as long as this object, on the loopback address only. */
public interface TestCluster extends AutoCloseable {

  /** A client that may do everything; closed with the cluster. */
  KubernetesClient adminClient();

  /** The administrator's kubeconfig, for a child process or for kubectl. */
  Path kubeconfig();

  /** One line for a person: what this is, and what it can't do. */
  String describe();

  /** Whether a real kube-apiserver answers, one that validates, defaults and authorizes. */
  boolean isReal();

  @Override
  void close();
}
