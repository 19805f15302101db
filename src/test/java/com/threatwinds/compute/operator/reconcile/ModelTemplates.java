package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The ComputeTemplates of a cluster in memory, and each write to them. */
final class ModelTemplates implements TemplateStore {

  private final Map<String, ComputeTemplateStatus> stored = new TreeMap<>();
  private final List<String> writes = new ArrayList<>();
  private Optional<Integer> refusal = Optional.empty();
  private boolean readable = true;

  /** Each write since the last time that this was asked, such as {@code create small}. */
  List<String> writes() {
    List<String> since = List.copyOf(writes);
    writes.clear();
    return since;
  }

  Map<String, ComputeTemplateStatus> stored() {
    return stored;
  }

  ComputeTemplateStatus status(String name) {
    return Optional.ofNullable(stored.get(name)).orElseThrow();
  }

  /** Whatever it is, it is answered so. */
  void refuse(int status) {
    refusal = Optional.of(status);
    readable = false;
  }

  /** As before, except that it can be listed. */
  void refuseWrites(int status) {
    refusal = Optional.of(status);
    readable = true;
  }

  void accept() {
    refusal = Optional.empty();
    readable = true;
  }

  @Override
  public synchronized List<ComputeTemplate> list() {
    if (!readable) {
      check();
    }
    return stored.entrySet().stream()
        .map(
            entry -> {
              ComputeTemplate template = new ComputeTemplate();
              template.setMetadata(new ObjectMetaBuilder().withName(entry.getKey()).build());
              template.setStatus(
                  entry.getValue() == ComputeTemplateStatus.NONE ? null : entry.getValue());
              return template;
            })
        .toList();
  }

  @Override
  public void create(TemplateName name, ComputeTemplateStatus status) {
    write("create " + name.value());
    stored.put(name.value(), status);
  }

  @Override
  public void update(ComputeTemplate current, ComputeTemplateStatus status) {
    write("update " + current.getMetadata().getName());
    stored.put(current.getMetadata().getName(), status);
  }

  @Override
  public void delete(ComputeTemplate gone) {
    write("delete " + gone.getMetadata().getName());
    stored.remove(gone.getMetadata().getName());
  }

  private void write(String what) {
    writes.add(what);
    check();
  }

  private void check() {
    if (refusal.isPresent()) {
      throw new KubernetesClientException("refused", refusal.get(), null);
    }
  }
}
