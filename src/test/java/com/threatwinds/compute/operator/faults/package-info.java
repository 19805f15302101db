/**
 * The proof: the packaged operator as one or two child processes, the simulated Compute API and a
 * proxy before the Kubernetes API, and everything that can go wrong between them, at every boundary
 * that a good run shows. Faults come from outside alone.
 *
 * <p>{@link com.threatwinds.compute.operator.faults.Stage} is what a case plays on, {@link
 * com.threatwinds.compute.operator.faults.Invariants} judges what was recorded, {@link
 * com.threatwinds.compute.operator.faults.FaultMatrixIT} runs the cases, and {@link
 * com.threatwinds.compute.operator.faults.PlantedErrorsIT} shows that they catch what they are for.
 * To run one alone: {@code make faults ONLY='F1 kill …'}.
 */
@NullMarked
package com.threatwinds.compute.operator.faults;

import org.jspecify.annotations.NullMarked;
