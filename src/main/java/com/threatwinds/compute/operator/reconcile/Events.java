package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import java.util.List;

/** Where events go: told and forgotten. */
interface Events {

  /** Writes them some time; never waits, never fails. */
  void write(ComputeInstance about, List<EventReport.Note> notes);
}
