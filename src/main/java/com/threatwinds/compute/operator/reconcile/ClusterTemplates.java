package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ComputeTemplates of the Kubernetes API, read and written with as few rights as can be: no
 * watch, since only the operator writes them, and nothing of theirs but the status is ever changed.
 */
final class ClusterTemplates implements TemplateStore {

  private static final long PAGE = 500;

  private final KubernetesClient client;

  ClusterTemplates(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<ComputeTemplate> list() {
    List<ComputeTemplate> all = new ArrayList<>();
    @Nullable String next = null;
    do {
      var page =
          client
              .resources(ComputeTemplate.class)
              .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
      all.addAll(page.getItems());
      next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    return all;
  }

  @Override
  public void create(TemplateName name, ComputeTemplateStatus status) {
    ComputeTemplate fresh = new ComputeTemplate();
    fresh.setMetadata(new ObjectMetaBuilder().withName(name.value()).build());
    // A server drops the status of a create: it has a call of its own.
    update(client.resource(fresh).create(), status);
  }

  @Override
  public void update(ComputeTemplate current, ComputeTemplateStatus status) {
    ComputeTemplate changed = new ComputeTemplate();
    changed.setMetadata(current.getMetadata());
    changed.setStatus(status);
    client.resource(changed).updateStatus();
  }

  @Override
  public void delete(ComputeTemplate gone) {
    client.resource(gone).delete();
  }
}
