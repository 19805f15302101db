package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Operation;
import java.util.List;
import java.util.Optional;

/** The one thing that a pass does, with all that is needed to do it and to tell of it. */
public sealed interface Action {

  /** Whether it changes something at the API, so that what it rests on must be read live first. */
  default boolean isChange() {
    return this instanceof Change;
  }

  /** The actions that change something at the API, or can't be taken back. */
  sealed interface Change extends Action {}

  /** Say nothing new. */
  record Keep() implements Action {}

  /** All is as asked. */
  record Rest(Reason reason) implements Action {}

  /** Look again later, by itself. */
  record Wait(Reason reason, String message) implements Action {}

  /** Wait, because the API could not be asked. */
  record Retry(ComputeApiException error) implements Action {}

  /** Only a person can go on. */
  record Stall(Reason reason, String message) implements Action {}

  /** Change nothing, on request. */
  record Pause() implements Action {}

  /** Note requests as handled without sending them. */
  record Skip(List<PowerRequest> requests) implements Action {}

  /** A restart or reset was announced by a pass that did not live to tell its outcome. */
  record GiveUp() implements Action {}

  /** A person said that the open create made nothing: forget it. */
  record Forget() implements Action {}

  /**
   * Let the resource go. Rests on a live read like a call: on an old one, a binding or an open
   * create would be let go with it.
   */
  record Release(Why why) implements Change {
    /** Why a resource is let go. */
    public enum Why {
      /** There never was an instance. */
      NOTHING_THERE,
      /** The instance is kept, as asked. */
      RETAINED,
      /** The instance is gone already. */
      GONE,
      /** The resource definition is being deleted. */
      UNINSTALLING
    }
  }

  /** Make an instance. */
  record Create(String templateId, Optional<String> zone, Optional<String> defaultZone)
      implements Change {}

  /** Find out what became of an open create. */
  record Settle() implements Change {}

  /** Bind that instance, which a person named as the outcome of an open create. */
  record Adopt(InstanceId id) implements Change {}

  /** Bind that existing instance. */
  record TakeOver(Instance instance) implements Change {}

  /** Start the instance. */
  record Start(InstanceId id) implements Change {}

  /** Stop the instance. */
  record Stop(InstanceId id) implements Change {}

  /**
   * Handle one request, once.
   *
   * @param call {@link Operation#RESTART}, {@link Operation#RESET}, or {@link Operation#START} for
   *     an instance that does not run
   */
  record Request(InstanceId id, PowerRequest request, Operation call) implements Change {}

  /**
   * Delete the instance.
   *
   * @param seenWith the credentials that it was read with just now: should nobody live to tell that
   *     it was deleted, they are the proof that its absence is no matter of another account
   */
  record Delete(InstanceId id, Optional<Fingerprint> seenWith) implements Change {}
}
