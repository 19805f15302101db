package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.compute.Operation;

/** What a pass waits for: the one thing that it asks of the world next. */
sealed interface SearchCall {

  /** A live read of one resource. */
  record Live(String name, String uid) implements SearchCall {}

  /** A live read of all resources. */
  record All() implements SearchCall {}

  /**
   * A write that must rest on a version.
   *
   * @param token that version
   */
  record WriteStatus(String name, String token, ComputeInstanceStatus status)
      implements SearchCall {}

  /** Puts the copy of the binding there. */
  record Annotate(String name, String token, String instanceId) implements SearchCall {}

  /** Puts the finalizer on. */
  record Hold(String name, String token) implements SearchCall {}

  /** Takes the finalizer off. */
  record Release(String name, String token) implements SearchCall {}

  /** The create's connection is open; its bytes go if the fence lets them. */
  record Send(String attemptId) implements SearchCall {}

  /** The create's bytes are gone; it waits for the answer. */
  record Await(String attemptId) implements SearchCall {}

  /** A read of one instance. */
  record Get(String id) implements SearchCall {}

  /** A delete, start, stop, restart or reset. */
  record Change(Operation operation, String id) implements SearchCall {}

  /** Nothing: the pass is over, and this is what its process remembers. */
  record End(SearchMemory memory) implements SearchCall {}

  /** Nothing: the pass threw what no pass may throw. */
  record Bug(String what) implements SearchCall {}
}
