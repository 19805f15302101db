/**
 * The whole operator: its packaged jar as a process of its own, a Kubernetes API and the simulated
 * Compute API, judged by what reached that API and not by what the operator says.
 *
 * <p>{@link com.threatwinds.compute.operator.it.OperatorFixture} brings the three together, {@link
 * com.threatwinds.compute.operator.it.Subject} is a ComputeInstance in a user's hands. Runs against
 * a mock cluster in {@code make test} and against a real kube-apiserver in {@code make it}.
 */
@NullMarked
package com.threatwinds.compute.operator.it;

import org.jspecify.annotations.NullMarked;
