package com.threatwinds.compute.operator.api.v1alpha1;

/** The annotations of a {@link ComputeInstance} that mean something to the operator. */
public final class Annotations {

  /** Written by a user: {@code "true"} stops every call that changes something. */
  public static final String PAUSED = ComputeInstance.GROUP + "/paused";

  /** Written by a user: each new value asks for one restart. */
  public static final String RESTART_REQUESTED = ComputeInstance.GROUP + "/restart-requested";

  /** Written by a user: each new value asks for one reset. */
  public static final String RESET_REQUESTED = ComputeInstance.GROUP + "/reset-requested";

  /** Written by the operator: the copy of {@code status.instanceId} that survives a restore. */
  public static final String INSTANCE_ID = ComputeInstance.GROUP + "/instance-id";

  /** Written by a user: {@code adopt:<instance id>} or {@code retry:<attempt id>}. */
  public static final String RESOLVE_CREATE = ComputeInstance.GROUP + "/resolve-create";

  private Annotations() {}
}
