/**
 * The ThreatWinds Compute API as a server of its own: to test against, to run a demo against, to
 * break on purpose. It follows the API's reference and depends on nothing of the operator, so that
 * it can be the oracle: what the {@link com.threatwinds.compute.operator.simulator.Journal} says
 * happened, happened.
 *
 * <p>{@link com.threatwinds.compute.operator.simulator.ComputeSimulator} is the way in from a test,
 * {@link com.threatwinds.compute.operator.simulator.SimulatorMain} from a shell. Inside, from the
 * socket inwards: {@code HttpListener} (bytes), {@code Gateway} (the journal), {@code Script} (the
 * faults), {@code InstancesApi} (the reference: who may do what, and what is answered), {@code
 * Wording} (the dialect), {@code World} (the instances). {@code AdminApi} is the same control for
 * people with curl, under {@code /_sim/}.
 */
@NullMarked
package com.threatwinds.compute.operator.simulator;

import org.jspecify.annotations.NullMarked;
