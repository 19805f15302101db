package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists resources live and page by page. A list with a limit is what is, and not whatever past a
 * replica of the API server has at hand.
 */
final class ResourcePages implements Resync.Source {

  private static final long PAGE = 500;

  private final KubernetesClient client;
  private final Set<String> namespaces;
  private final Optional<String> selector;

  /**
   * @param namespaces those to look into; empty for all
   * @param selector only resources with these labels
   */
  ResourcePages(KubernetesClient client, Set<String> namespaces, Optional<String> selector) {
    this.client = client;
    this.namespaces = namespaces;
    this.selector = selector;
  }

  @Override
  public String read(Consumer<List<ComputeInstance>> page) {
    if (namespaces.isEmpty()) {
      return read(Optional.empty(), page);
    }
    // The first is the oldest: what is newer than that may be missing from the others.
    return namespaces.stream()
        .map(namespace -> read(Optional.of(namespace), page))
        .reduce((first, later) -> first)
        .orElseThrow();
  }

  private String read(Optional<String> namespace, Consumer<List<ComputeInstance>> sink) {
    MixedOperation<
            ComputeInstance, KubernetesResourceList<ComputeInstance>, Resource<ComputeInstance>>
        resources = client.resources(ComputeInstance.class);
    var scope =
        namespace.isPresent() ? resources.inNamespace(namespace.get()) : resources.inAnyNamespace();
    @Nullable String next = null;
    String version = "";
    do {
      var list =
          scope
              .withLabelSelector(selector.orElse(null))
              .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      sink.accept(list.getItems());
      if (version.isEmpty() && list.getMetadata() != null) {
        version = String.valueOf(list.getMetadata().getResourceVersion());
      }
      next = list.getMetadata() == null ? null : list.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    return version;
  }
}
