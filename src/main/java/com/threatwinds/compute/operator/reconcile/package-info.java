/**
 * The effects around the decision: looks, acts, writes back. The only room that knows the operator
 * framework and the Kubernetes API.
 *
 * <p>The way of one pass: {@link com.threatwinds.compute.operator.reconcile.Observer} looks, {@link
 * com.threatwinds.compute.operator.decision.Decider} decides, {@link
 * com.threatwinds.compute.operator.reconcile.Executor} acts, {@link
 * com.threatwinds.compute.operator.reconcile.StatusReport} tells.
 */
@NullMarked
package com.threatwinds.compute.operator.reconcile;

import org.jspecify.annotations.NullMarked;
