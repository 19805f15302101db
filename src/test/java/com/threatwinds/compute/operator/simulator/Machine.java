package com.threatwinds.compute.operator.simulator;

import java.time.Instant;

/**
 * An instance as it is at one moment.
 *
 * @param id chosen by the simulator, {@code tw-<6 of the user>-<8 random>}
 * @param userId the account that owns it
 * @param machineType the short form
 * @param externalIp empty unless running or suspended; another one after each start
 * @param internalIp empty until it ran first
 * @param restarts how often {@code restart} was accepted: the API itself shows no trace of it
 * @param resets how often {@code reset} was accepted
 */
public record Machine(
    String id,
    String userId,
    String templateId,
    String zone,
    String machineType,
    MachineState state,
    String externalIp,
    String internalIp,
    Instant createdAt,
    int restarts,
    int resets) {

  Machine in(MachineState next, String newExternalIp, String newInternalIp) {
    return new Machine(
        id,
        userId,
        templateId,
        zone,
        machineType,
        next,
        newExternalIp,
        newInternalIp,
        createdAt,
        restarts,
        resets);
  }

  Machine restarted(int moreRestarts, int moreResets) {
    return new Machine(
        id,
        userId,
        templateId,
        zone,
        machineType,
        state,
        externalIp,
        internalIp,
        createdAt,
        restarts + moreRestarts,
        resets + moreResets);
  }
}
