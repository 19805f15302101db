package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/** The ComputeTemplates in the cluster; each call may throw {@link KubernetesClientException}. */
interface TemplateStore {

  List<ComputeTemplate> list();

  /** A new one, and then its status. */
  void create(TemplateName name, ComputeTemplateStatus status);

  /** Fails where it is another by now than the one at hand. */
  void update(ComputeTemplate current, ComputeTemplateStatus status);

  void delete(ComputeTemplate gone);
}
