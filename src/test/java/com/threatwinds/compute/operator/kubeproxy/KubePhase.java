package com.threatwinds.compute.operator.kubeproxy;

/** When a fault strikes. */
public enum KubePhase {
  /** The API server has not seen the request yet. */
  BEFORE_FORWARD,
  /** The API server has answered; the operator has not seen a byte of it. */
  AFTER_COMMIT,
  /** The bytes of the answer went out; the connection is still open. */
  AFTER_ANSWER
}
