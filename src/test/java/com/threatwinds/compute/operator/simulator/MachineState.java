package com.threatwinds.compute.operator.simulator;

/** "Instance Status Values" of the API's reference. */
public enum MachineState {
  PROVISIONING,
  STAGING,
  RUNNING,
  STOPPING,
  TERMINATED,
  SUSPENDED
}
