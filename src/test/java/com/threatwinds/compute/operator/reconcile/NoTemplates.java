package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplate;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import java.util.List;

/** Where the catalogue is off: nothing may be asked of it. */
final class NoTemplates implements TemplateStore {

  @Override
  public List<ComputeTemplate> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void create(TemplateName name, ComputeTemplateStatus status) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void update(ComputeTemplate current, ComputeTemplateStatus status) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(ComputeTemplate gone) {
    throw new UnsupportedOperationException();
  }
}
