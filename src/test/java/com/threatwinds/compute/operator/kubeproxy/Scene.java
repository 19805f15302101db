package com.threatwinds.compute.operator.kubeproxy;

import com.threatwinds.compute.operator.testing.Kubeconfig;
import com.threatwinds.compute.operator.testing.TestCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A cluster, a proxy before it, and a client that sees the cluster through it. */
final class Scene implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(10);
  static final String INSTANCES = "/apis/compute.threatwinds.com/v1alpha1/computeinstances";

  private static final ResourceDefinitionContext TYPE =
      new ResourceDefinitionContext.Builder()
          .withGroup("compute.threatwinds.com")
          .withVersion("v1alpha1")
          .withKind("ComputeInstance")
          .withPlural("computeinstances")
          .withNamespaced(true)
          .build();

  private final TestCluster cluster;
  private final ApiServerProxy proxy;
  private final KubernetesClient client;

  /**
   * @param cluster with the definition of our resource; closed with the scene
   */
  Scene(TestCluster cluster) {
    this.cluster = cluster;
    this.proxy = ApiServerProxy.start(cluster.kubeconfig());
    this.client = new Kubeconfig(proxy.kubeconfig()).client();
  }

  ApiServerProxy proxy() {
    return proxy;
  }

  KubernetesClient client() {
    return client;
  }

  /** What there is, past the proxy. */
  List<String> names() {
    return instancesOf(cluster.adminClient()).inAnyNamespace().list().getItems().stream()
        .map(instance -> instance.getMetadata().getName())
        .toList();
  }

  /** Past the proxy. */
  void add(String name) {
    instancesOf(cluster.adminClient()).resource(resource(name)).create();
  }

  /** Past the proxy. */
  void remove(String name) {
    instancesOf(cluster.adminClient()).inNamespace("default").withName(name).delete();
  }

  GenericKubernetesResource create(String name) {
    return instances().resource(resource(name)).create();
  }

  CompletableFuture<GenericKubernetesResource> creating(String name) {
    return soon(() -> create(name));
  }

  Resource<GenericKubernetesResource> named(String name) {
    return instances().inNamespace("default").withName(name);
  }

  MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      instances() {
    return instancesOf(client);
  }

  static <T> CompletableFuture<T> soon(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, Thread::startVirtualThread);
  }

  static GenericKubernetesResource resource(String name) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(TYPE.getGroup() + "/" + TYPE.getVersion())
        .withKind(TYPE.getKind())
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .addToAdditionalProperties(
            "spec",
            new HashMap<>(Map.of("templateId", "ubuntu-22-standard", "zone", "us-central1-a")))
        .build();
  }

  /** Without asking the API server first what it serves. */
  static MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      instancesOf(KubernetesClient client) {
    return client.genericKubernetesResources(TYPE);
  }

  @Override
  public void close() {
    client.close();
    proxy.close();
    cluster.close();
  }
}
