/**
 * What is counted of the calls, for Prometheus. Knows the port of the Compute API, not Kubernetes.
 *
 * <p>Every label has a closed set of values, whatever an API answers, and every series is there
 * from the start: a counter that appears at its first count shows no increase.
 */
@NullMarked
package com.threatwinds.compute.operator.metrics;

import org.jspecify.annotations.NullMarked;
